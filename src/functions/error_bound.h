// What the rounding tests of EXACT rest on, on every host.
#ifndef ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_
#define ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_

#include <cstdint>

namespace activation {

// Bound on the error of a result of the grade Quick (grades-inl.h), in units of its last place, as
// the rounding tests ask: 2^-43 of it just above a power of two and 2^-44 just below. At least
// one and a half times what RoundingBoundTest finds.
inline constexpr uint32_t kErrorUnits = 1 << 9;

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_ERROR_BOUND_H_
