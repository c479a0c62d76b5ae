// The order in which gradients by parameters and the elements of rows are added, and by what powers
// of two, which decides the last bits: all backends keep it.
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

// Rows of f64. A row is filled up to whole ones of so many elements: their terms are in its sums,
// too.
inline constexpr size_t kRowGranule = 16;

// Terms with an exponential are added as 2^64 times what they are, because they may be below the
// normal numbers.
inline constexpr double kRowSumExponent = 64;

// A row's dy are multiplied by 2^-100 where the size of some is above kLargeDy, so large that their
// differences or sums could be beyond every number; results are multiplied by 2^100.
inline constexpr double kLargeDy = 0x1p900;
inline constexpr double kShrunkExponent = 100;

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_
