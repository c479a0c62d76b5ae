// Units in the last place and rounding of the storage types, for judging results.
// Shares nothing with src/.
#ifndef ACTIVATION_TESTS_ACCURACY_ULP_H_
#define ACTIVATION_TESTS_ACCURACY_ULP_H_

#include <mpfr.h>

#include <algorithm>
#include <cmath>

#include "src/base/dtype.h"
#include "tests/accuracy/big_float.h"
#include "tests/accuracy/element.h"

namespace activation::accuracy {

// Precision with the implicit bit, and the exponents of the least normal and
// the greatest finite number (in the sense of ilogb).
struct Format {
  int precision;
  int least_exponent;
  int greatest_exponent;
};

constexpr Format FormatOf(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return {24, -126, 127};
    case DType::kF64:
      return {53, -1022, 1023};
    case DType::kF16:
      return {11, -14, 15};
    case DType::kBF16:
      return {8, -126, 127};
  }
  return {};
}

// log2 of the gap between numbers of the format around `value`.
inline int GapExponent(const Format& format, long double value) {
  const int exponent = value == 0 ? format.least_exponent : std::ilogb(value);
  return std::clamp(exponent, format.least_exponent, format.greatest_exponent) - format.precision +
         1;
}

// |result - truth| in units in the last place of the format at truth. An
// infinite result stands for the first number too great for the format, and
// any truth beyond that number for the number itself.
inline long double UlpError(const Format& format, double result, long double truth) {
  if (std::isinf(result)) {
    if (std::signbit(result) != std::signbit(truth)) return INFINITY;
    const long double overflow = std::ldexp(1.0L, format.greatest_exponent + 1);
    const long double missing = overflow - std::min(overflow, std::fabs(truth));
    return std::ldexp(missing, format.precision - 1 - format.greatest_exponent);
  }
  return std::fabs(
      std::ldexp(static_cast<long double>(result) - truth, -GapExponent(format, truth)));
}

// The number of the format nearest to truth, ties to even. The last bits of truth
// are the reference's own rounding, which would make something else of a tie.
inline double NearestTo(const Format& format, const BigFloat& truth) {
  mpfr_t good;
  mpfr_init2(good, BigFloat::kBits - 48);
  mpfr_set(good, truth.get(), MPFR_RNDN);
  mpfr_t rounded;
  mpfr_init2(rounded, format.precision);
  const mpfr_exp_t emin = mpfr_get_emin();
  const mpfr_exp_t emax = mpfr_get_emax();
  // MPFR's exponents are one above ilogb's, and emin is that of the least subnormal.
  mpfr_set_emin(format.least_exponent - format.precision + 2);
  mpfr_set_emax(format.greatest_exponent + 1);
  int ternary = mpfr_set(rounded, good, MPFR_RNDN);
  ternary = mpfr_check_range(rounded, ternary, MPFR_RNDN);
  mpfr_subnormalize(rounded, ternary, MPFR_RNDN);
  const double nearest = mpfr_get_d(rounded, MPFR_RNDN);
  mpfr_set_emin(emin);
  mpfr_set_emax(emax);
  mpfr_clear(rounded);
  mpfr_clear(good);
  return nearest;
}

inline bool IsNearest(const Format& format, double result, const BigFloat& truth) {
  return NearestTo(format, truth) == result;
}

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_ULP_H_
