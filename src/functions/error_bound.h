// What the rounding tests of EXACT rest on, on every host.
#ifndef ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_
#define ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_

#include <cstdint>

namespace activation {

// Bound on the error of a result of the grade Quick (grades-inl.h), relative to it, in units of
// 2^-52: twice what RoundingBoundTest finds, at least.
inline constexpr uint32_t kErrorUnits = 1 << 9;

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_
