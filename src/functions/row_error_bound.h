// What the rounding tests of rows in EXACT rest on where sums are wide (cuda/kernels, WideSum).
#ifndef ACTIVATION_SRC_FUNCTIONS_ROW_ERROR_BOUND_H_
#define ACTIVATION_SRC_FUNCTIONS_ROW_ERROR_BOUND_H_

#include <cstdint>

#include "src/functions/error_bound.h"

namespace activation {

// Bounds on the errors of forward results of the grade Quick in units of a double's last place, and
// of gradients relative to the size of what they add up, where what an element is below the top is
// exact. In units of 2^-53, e^t has 2.1, the reciprocal 5.1, a forward result 8.2 and a gradient
// 22; a logarithm has those of its polynomials. RowBoundTest holds the greatest errors that are
// known against these.
template <class F>
inline constexpr uint32_t kRowErrorUnits = F::kForwardIsLog ? kErrorUnits : 32;
inline constexpr double kRowGradientError = 0x1p-47;

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_ROW_ERROR_BOUND_H_
