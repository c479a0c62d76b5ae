// The fuzzers' corpora without the fuzzers, and random changes to them: what a build without
// clang can check.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

struct Target {
  const char* name;  // of its folder of the corpus, too
  std::string (*check)(absl::string_view input);
  int changes;  // as many as take a second
};

constexpr Target kTargets[] = {
    {"decoder", CheckDecoder, 50000},
    {"stream", CheckStream, 50000},
    {"infer", CheckInfer, 30000},
    {"config", CheckConfig, 1000},
    {"tokens", CheckTokens, 100000},
    {"http", CheckHttp, 100000},
    {"names", CheckNames, 30000},
    {"reply", CheckReply, 100000},
    {"client_config", CheckClientConfig, 3000},
    {"npy", CheckNpy, 100000},
    {"numbers", CheckNumbers, 50000},
    {"bench", CheckBench, 60000},
    {"report", CheckReport, 7000},
};

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

const std::filesystem::path kCorpus = ACTIVATION_FUZZ_CORPUS;

// In the order of their names, whatever that of the folder.
std::vector<std::filesystem::path> Entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> Corpus(const Target& target) {
  std::vector<std::string> inputs;
  for (const std::filesystem::path& path : Entries(kCorpus / target.name)) {
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

class ReplayTest : public testing::TestWithParam<Target> {};

TEST_P(ReplayTest, CorpusAndRandomChangesToIt) {
  // Protobuf says a line for each name that is not UTF-8.
  google::protobuf::SetLogHandler(nullptr);
  const Target& target = GetParam();
  const std::vector<std::string> inputs = Corpus(target);
  ASSERT_GE(inputs.size(), 3u);
  for (const std::string& input : inputs) ASSERT_EQ(target.check(input), "") << Escaped(input);
  Mutator mutator;
  for (int i = 0; i < target.changes; ++i) {
    const std::string input = mutator.Mutate(inputs);
    ASSERT_EQ(target.check(input), "") << Escaped(input);
  }
}

INSTANTIATE_TEST_SUITE_P(Parsers, ReplayTest, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(CorpusTest, EveryFolderOfTheCorpusIsReplayed) {
  std::set<std::string> folders;
  for (const std::filesystem::path& path : Entries(kCorpus)) folders.insert(path.filename());
  std::set<std::string> targets;
  for (const Target& target : kTargets) targets.insert(target.name);
  EXPECT_EQ(folders, targets);
}

// What `./dev fuzz --merge` adds is bounded.
TEST(CorpusTest, IsSmallEnoughToBeReplayed) {
  size_t files = 0;
  for (const std::filesystem::path& folder : Entries(kCorpus)) files += Entries(folder).size();
  EXPECT_LE(files, 300U);
}

}  // namespace
}  // namespace activation::fuzz
