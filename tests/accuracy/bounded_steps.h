// Recorded steps carried out for a block of inputs in plain doubles, each block
// with a bound on its error: the quickest level of the reference, which settles
// all but a few results. By the best instruction set of the machine.
//
// One bound serves all lanes of a block, because the inputs of a block are
// neighbours: their values have nearly one size, so it is hardly worse than one
// a lane, and costs nothing.
#ifndef ACTIVATION_TESTS_ACCURACY_BOUNDED_STEPS_H_
#define ACTIVATION_TESTS_ACCURACY_BOUNDED_STEPS_H_

#include <array>
#include <cstddef>
#include <limits>

#include "tests/accuracy/block_steps.h"

namespace activation::accuracy {

inline constexpr double kUnknown = std::numeric_limits<double>::infinity();

struct Bound {
  // |value - truth| <= relative * |value| in each lane, so that a zero is exact;
  // kUnknown where nothing is known, and then values and what follows mean nothing.
  double relative = kUnknown;
  // Bounds, within a few units of their last place, of |value| where it is not 0.
  double least = kUnknown;
  double greatest = 0;
  bool any_zero = false;
  // Whether the truth is not a number in any lane; then values mean nothing.
  bool all_nan = false;
  // Whether the truth is above 2^500 in size in each lane, with the sign of its value,
  // or was before it was multiplied by an f32; then nothing else is known.
  bool beyond = false;

  bool known() const { return relative < kUnknown; }
};

struct alignas(64) BoundedDoubles {
  std::array<double, kBlockLanes> value;
  Bound bound;
};

// The inputs of a block, exactly.
void TakeInputs(const double* x, BoundedDoubles& block);

// An operation of one or two operands; `b` is not looked at where there is one.
void RunBounded(Op op, const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result);

// In which lanes a < b; unsure where their errors leave it open in any.
enum class WhereLess { kNowhere, kEverywhere, kSomewhere, kUnsure };
WhereLess Compare(const BoundedDoubles& a, const BoundedDoubles& b);

// a < b ? c : d. Where that is unsure the bound takes in both.
void ChooseBounded(WhereLess less, const std::array<const BoundedDoubles*, 4>& operands,
                   BoundedDoubles& result);

// product = a * dy, as Multiply() of double-doubles.
void MultiplyBounded(const BoundedDoubles& a, const double* dy, BoundedDoubles& product);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BOUNDED_STEPS_H_
