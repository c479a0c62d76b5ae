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

// `count` elements of each tensor; a null dy is all ones.
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
    Wrong wrong;
    bool finite;
  };

  // Judges element `i`; what is wrong with it becomes a suspect without its error.
  void Look(const Block& block, size_t i);
  // Measures the suspects and adds them to the findings.
  absl::Status MeasureSuspects();

  const Reference reference_;
  const DType dtype_;
  Findings findings_;
  uint64_t index_ = 0;
  std::string expected_;
  std::vector<Suspect> suspects_;
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_COMPARISON_H_
