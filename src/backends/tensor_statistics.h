// What a function makes of a tensor, in figures: whether it saturates, dies, thins out or
// shifts the mean. They are those of y = f(x) and of f'(x) as Forward and as Gradient without
// dy return them, rounded to the storage type: a function of x alone, whichever call asks.
#ifndef ACTIVATION_SRC_BACKENDS_TENSOR_STATISTICS_H_
#define ACTIVATION_SRC_BACKENDS_TENSOR_STATISTICS_H_

#include <cstdint>

namespace activation {

// Below this |f'(x)| an element counts as saturated.
inline constexpr double kSaturatedBelow = 1e-3;

// The three last are of the elements that are not in `non_finite`, NaN where there is none.
// They come from exact sums, so their bits do not depend on how the work was divided.
struct TensorStatistics {
  uint64_t elements = 0;
  uint64_t non_finite = 0;   // y or f'(x) infinite or NaN; in no other count
  uint64_t zeros = 0;        // y = 0
  uint64_t dead = 0;         // f'(x) = 0
  uint64_t saturated = 0;    // |f'(x)| < kSaturatedBelow, the dead included
  double mean = 0;           // of y
  double variance = 0;       // of y, by the number of elements
  double gradient_gain = 0;  // mean of f'(x)^2
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_TENSOR_STATISTICS_H_
