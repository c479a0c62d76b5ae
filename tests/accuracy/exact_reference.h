// f and f' of a formula in arbitrary precision, an input at a time. Only what the
// value asked for needs is computed. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_EXACT_REFERENCE_H_
#define ACTIVATION_TESTS_ACCURACY_EXACT_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "src/base/dtype.h"
#include "tests/accuracy/expression.h"

namespace activation::accuracy {

class ExactReference {
 public:
  ExactReference(const Expression& formula, const Params& params);

  void Take(double x);
  // At the last input.
  const BigFloat& At(Direction direction) {
    return ResultOf(results_[static_cast<size_t>(direction)]);
  }

 private:
  const BigFloat& ResultOf(int step);
  BigFloat Compute(const Step& step);

  Steps steps_;
  std::vector<BigFloat> values_;   // one a step
  std::vector<uint64_t> done_at_;  // the Take() that a step's value is of
  std::array<int, 2> results_{};   // steps, by Direction
  uint64_t takes_ = 0;
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_EXACT_REFERENCE_H_
