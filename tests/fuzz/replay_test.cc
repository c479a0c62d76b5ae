// The fuzzer's corpus without the fuzzer, and random changes to it: what a build
// without clang can check.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/decoder_check.h"

namespace activation::wire {
namespace {

constexpr int kMutations = 200000;

std::vector<std::string> Corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(ACTIVATION_FUZZ_CORPUS)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

std::string Escaped(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

// Changes as libFuzzer makes them, without what it learns from them.
class Mutator {
 public:
  std::string Mutate(const std::vector<std::string>& inputs) {
    std::string bytes = inputs[Pick(inputs.size())];
    for (size_t i = 1 + Pick(3); i > 0; --i) ChangeOnce(inputs, &bytes);
    return bytes;
  }

 private:
  size_t Pick(size_t below) { return below == 0 ? 0 : random_() % below; }

  void ChangeOnce(const std::vector<std::string>& inputs, std::string* bytes) {
    const size_t at = Pick(bytes->size());
    switch (Pick(5)) {
      case 0:
        if (!bytes->empty()) (*bytes)[at] = static_cast<char>(Pick(256));
        return;
      case 1:
        if (!bytes->empty())
          (*bytes)[at] = static_cast<char>((*bytes)[at] + (Pick(2) == 0 ? 1 : -1));
        return;
      case 2:
        bytes->insert(at, 1, static_cast<char>(Pick(256)));
        return;
      case 3:
        bytes->erase(at, 1 + Pick(4));
        return;
      default: {
        const std::string& other = inputs[Pick(inputs.size())];
        bytes->insert(at, other, Pick(other.size()), Pick(40));
      }
    }
  }

  std::minstd_rand random_{20261125};
};

TEST(DecoderReplayTest, CorpusAndRandomChangesToIt) {
  // Protobuf says a line for each name that is not UTF-8.
  google::protobuf::SetLogHandler(nullptr);
  const std::vector<std::string> inputs = Corpus();
  ASSERT_GE(inputs.size(), 10u);
  for (const std::string& input : inputs) ASSERT_EQ(CheckDecoder(input), "") << Escaped(input);
  Mutator mutator;
  for (int i = 0; i < kMutations; ++i) {
    const std::string input = mutator.Mutate(inputs);
    ASSERT_EQ(CheckDecoder(input), "") << Escaped(input);
  }
}

}  // namespace
}  // namespace activation::wire
