// Errors in units in the last place, a few operations each. Shares nothing with
// src/.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_ULP_ERROR_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_ULP_ERROR_H_

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "tests/accuracy/ulp.h"

namespace activation::atlas {

constexpr double PowerOfTwo(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

// Also of zero and the infinities.
inline bool IsPowerOfTwo(double value) { return (std::bit_cast<uint64_t>(value) << 12) == 0; }

template <DType kDType>
constexpr double SmallestNormal() {
  return PowerOfTwo(accuracy::FormatOf(kDType).least_exponent);
}

// Whether it is a normal number of a dtype of at most 32 bits.
template <DType kDType>
bool IsNormal(double value) {
  return std::fabs(value) >= SmallestNormal<kDType>() && std::isfinite(value);
}

// |result - truth| in units in the last place of the dtype at truth. An infinity,
// and any truth too great for the dtype, stands for the first number too great.
template <DType kDType>
double UlpError(double result, double truth) {
  constexpr accuracy::Format kFormat = accuracy::FormatOf(kDType);
  constexpr double kOverflow = PowerOfTwo(kFormat.greatest_exponent + 1);
  const double wanted = std::clamp(truth, -kOverflow, kOverflow);
  const double error = std::fabs(std::clamp(result, -kOverflow, kOverflow) - wanted);
  // As accuracy::GapExponent.
  const int biased = static_cast<int>(std::bit_cast<uint64_t>(wanted) >> 52) & 2047;
  const int exponent = std::clamp(biased - 1023, kFormat.least_exponent, kFormat.greatest_exponent);
  return error * PowerOfTwo(kFormat.precision - 1 - exponent);
}

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_ULP_ERROR_H_
