// The order in which gradients by parameters and the elements of rows are added, which decides
// the last bits: all backends keep it.
#ifndef ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_
#define ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_

#include <cstddef>

namespace activation {

// Consecutive elements of a tensor that are summed together before their sum meets others.
inline constexpr size_t kSumElements = size_t{32} << 10;

// Consecutive such sums that are added up by themselves before what they come to meets others, so
// that a device need not add one after another.
inline constexpr size_t kSumsTogether = 64;

// Consecutive elements of a row that are summed together in double in the FAST tier: each is added
// to the sum of its place, its position modulo kRowSumPlaces, and the places half and half.
inline constexpr size_t kRowSumElements = 512;
inline constexpr size_t kRowSumPlaces = 16;

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_
