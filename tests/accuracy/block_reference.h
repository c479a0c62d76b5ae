// f and f' of a formula for a block of inputs, in double-doubles: right to about
// 2^-90 relative where the value is above 2^-500, and small where it is not. The
// formula is the catalogue's; parameters are bound once. For f32 and narrower;
// what a double does not tell apart takes BigFloat. Thread-compatible: each
// thread has one of its own.
#ifndef ACTIVATION_TESTS_ACCURACY_BLOCK_REFERENCE_H_
#define ACTIVATION_TESTS_ACCURACY_BLOCK_REFERENCE_H_

#include <vector>

#include "src/base/dtype.h"
#include "tests/accuracy/block_steps.h"
#include "tests/accuracy/expression.h"

namespace activation::accuracy {

class BlockReference {
 public:
  BlockReference(const Expression& formula, const Params& params);

  // For kBlockLanes finite inputs.
  void Evaluate(const double* x);

  // Of the last inputs.
  const DoubleDoubles& At(Direction direction) const {
    return blocks_[results_[static_cast<size_t>(direction)]];
  }

 private:
  void Assign(const Steps& steps, const std::array<int, 2>& results);

  std::vector<BlockStep> steps_;
  std::vector<DoubleDoubles> blocks_;
  std::array<size_t, 2> results_{};  // blocks, by Direction
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BLOCK_REFERENCE_H_
