// What the rounding tests of EXACT rest on, on every host.
#ifndef ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_
#define ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_

#include <cstdint>

namespace activation {

// Bounds on the error of a result of the grade Quick (grades-inl.h), in units of its last place, as
// the rounding tests ask: 2^-43 of it just above a power of two and 2^-44 just below, of a gated
// function, whose gate counts down to where products of two floats decay, twice that.
// RoundingBoundTest holds the greatest errors that are known of elementwise and gated functions
// against these.
inline constexpr uint32_t kErrorUnits = 1 << 9;
inline constexpr uint32_t kGateErrorUnits = 2 * kErrorUnits;

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_
