// f and f' of a formula for a block of inputs in plain doubles, each with a bound
// on its error that is proved step by step. What a block does not need, such as the
// branch that no input of it takes, is not computed. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_BOUNDED_REFERENCE_H_
#define ACTIVATION_TESTS_ACCURACY_BOUNDED_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "src/base/dtype.h"
#include "tests/accuracy/bounded_steps.h"
#include "tests/accuracy/expression.h"

namespace activation::accuracy {

class BoundedReference {
 public:
  BoundedReference(const Expression& formula, const Params& params);

  // The next kBlockLanes inputs, finite f32 or narrower ones.
  void Take(const double* x);

  // Of the last inputs; computed when first asked for.
  const BoundedDoubles& At(Direction direction) {
    return ResultOf(results_[static_cast<size_t>(direction)]);
  }

 private:
  struct BoundedStep {
    Op op;
    std::array<int, 4> operands;
    uint64_t done_at;  // the Take() whose result it holds
    size_t holder;     // the step whose block holds the result: another one's for a choice
  };

  const BoundedDoubles& ResultOf(int step);
  void Run(size_t step);
  void Choose(size_t step);

  std::vector<BoundedStep> steps_;
  std::vector<BoundedDoubles> blocks_;  // one a step
  std::array<int, 2> results_{};        // steps, by Direction
  uint64_t takes_ = 0;
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BOUNDED_REFERENCE_H_
