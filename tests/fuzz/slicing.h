// A message cut into pieces, each in memory of its own, so that a read beyond one is
// seen by the address sanitizer. Not copyable: pieces are views of it.
#ifndef ACTIVATION_TESTS_FUZZ_SLICING_H_
#define ACTIVATION_TESTS_FUZZ_SLICING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/wire/pieces.h"

namespace activation::wire {

class Slicing {
 public:
  // One piece.
  explicit Slicing(absl::string_view bytes) : Slicing(bytes, bytes.size(), 0) {}

  // Pieces of 1 to `longest` bytes, of other lengths for another `seed`; some empty.
  Slicing(absl::string_view bytes, size_t longest, uint32_t seed) {
    std::minstd_rand random(seed + 1);
    while (!bytes.empty()) {
      size_t size = longest;
      if (seed != 0) size = random() % 8 == 0 ? 0 : 1 + random() % longest;
      Add(bytes.substr(0, size));
      bytes.remove_prefix(std::min(size, bytes.size()));
    }
  }

  Slicing(const Slicing&) = delete;
  Slicing& operator=(const Slicing&) = delete;

  Pieces pieces() const { return views_; }

 private:
  void Add(absl::string_view piece) {
    memory_.push_back(std::make_unique<char[]>(piece.size()));
    std::copy(piece.begin(), piece.end(), memory_.back().get());
    views_.emplace_back(memory_.back().get(), piece.size());
  }

  std::vector<std::unique_ptr<char[]>> memory_;
  std::vector<absl::string_view> views_;
};

// As a byte of the fuzzer's says: single bytes, halves, or pieces of random lengths.
inline Slicing CutBy(uint8_t choice, absl::string_view bytes) {
  const size_t longest = choice % 4 == 0   ? 1
                         : choice % 4 == 1 ? 1 + bytes.size() / 2
                                           : size_t{1} << (choice % 8);
  return {bytes, longest, choice % 4 < 2 ? 0U : 1U + choice};
}

}  // namespace activation::wire

#endif  // ACTIVATION_TESTS_FUZZ_SLICING_H_
