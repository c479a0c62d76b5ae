// Compares blocks of somebody's results with the exact ones. Equal bits cost little;
// the true value is computed only where a result is not the correctly rounded one.
// Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_COMPARISON_H_
#define ACTIVATION_CLIENT_CLI_CHECK_COMPARISON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/check/findings.h"
#include "client/cli/check/reference.h"
#include "client/cli/tensor.h"

namespace activation::cli::check {

// `count` elements of x, a block of the reference's walk, and what belongs to them; a null dy is
// all ones.
struct Block {
  const char* x = nullptr;
  const char* dy = nullptr;
  const char* results = nullptr;
  size_t count = 0;
};

class Comparison {
 public:
  Comparison(Reference reference, DType dtype) : reference_(std::move(reference)), dtype_(dtype) {}

  // The next elements of the tensors.
  absl::Status Add(const Block& block);

  const Findings& findings() const { return findings_; }

 private:
  struct Suspect {
    size_t place;  // in its block
    Wrong wrong;
    bool finite;
  };

  // Judges result `i`; what is wrong with it becomes a suspect without its error.
  void Look(const Block& block, size_t i);
  // Notes which rows of the block have an element that is not finite.
  void LookAtRows(const Block& block);
  // Measures the suspects and adds them to the findings.
  absl::Status MeasureSuspects(const Block& block);
  // Sets the true values of the suspects, of all f64 can tell.
  absl::Status FindTruths(const Block& block);
  absl::Status FindTruthsAlone();

  const Reference reference_;
  const DType dtype_;
  Findings findings_;
  size_t element_ = 0;  // of x, the first of the block
  uint64_t index_ = 0;  // of the results, likewise
  std::string expected_;
  std::vector<bool> special_rows_;
  std::vector<Suspect> suspects_;
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_COMPARISON_H_
