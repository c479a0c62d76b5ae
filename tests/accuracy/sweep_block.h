// A block of a sweep: inputs through the kernels, their results before the judge.
// Thread-compatible: each thread has one of its own.
#ifndef ACTIVATION_TESTS_ACCURACY_SWEEP_BLOCK_H_
#define ACTIVATION_TESTS_ACCURACY_SWEEP_BLOCK_H_

#include <array>
#include <memory>
#include <vector>

#include "src/backends/cpu/kernels.h"
#include "tests/accuracy/judge.h"
#include "tests/accuracy/sweep_inputs.h"

namespace activation::accuracy {

// A result with nothing found, for the targets and options there are.
SweepResult EmptyResult(const SweepOptions& options);

class SweepBlock {
 public:
  SweepBlock(const SweepOptions& options, const Expression& formula);

  // Adds what is found for inputs [first, first + count), count <= kSweepBlock.
  void Run(uint64_t first, size_t count, SweepResult& result);

 private:
  // What is tried of tiers and directions.
  struct Case {
    Tier tier;
    Direction direction;
    std::vector<std::byte> results;
  };

  void Evaluate(const KernelSet& kernels, const Case& of, std::vector<std::byte>& out) const;
  void CompareTargets(const Case& with, bool scalar_too, SweepResult& result);
  uint64_t EvaluateTested(Case& each);
  void JudgeResults(SweepResult& result);

  const SweepOptions& options_;
  SweepInputs inputs_;
  std::unique_ptr<Judge> judge_;
  std::vector<Case> cases_;
  std::vector<std::byte> other_;
  std::vector<uint8_t> doubt_;
  std::vector<uint64_t> bits_;
  std::array<double, kBlockLanes> wide_{};
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_SWEEP_BLOCK_H_
