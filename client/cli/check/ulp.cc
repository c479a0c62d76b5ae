#include "client/cli/check/ulp.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace activation::cli::check {
namespace {

// Bits of the significand with the implicit one; exponents, as ilogb has them, of the
// least normal and the greatest finite number.
struct Format {
  int precision;
  int least_exponent;
  int greatest_exponent;
};

Format FormatOf(DType dtype) {
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

// How many positive numbers of the format are not above `size`: within a power of two
// they are evenly spaced, and each power of two has as many.
uint64_t PlaceOf(const Format& format, double size) {
  if (size == 0) return 0;
  const uint64_t binade = uint64_t{1} << (format.precision - 1);
  const int exponent = std::isinf(size) ? format.greatest_exponent + 1 : std::ilogb(size);
  const int evenly = std::max(exponent, format.least_exponent);
  const double steps = std::isinf(size) ? static_cast<double>(binade)
                                        : std::ldexp(size, format.precision - 1 - evenly);
  return static_cast<uint64_t>(evenly - format.least_exponent) * binade +
         static_cast<uint64_t>(steps);
}

}  // namespace

double UlpError(DType dtype, double result, double truth) {
  const Format format = FormatOf(dtype);
  const double overflow = std::ldexp(1.0, format.greatest_exponent + 1);
  const double wanted = std::clamp(truth, -overflow, overflow);
  const double error = std::fabs(std::clamp(result, -overflow, overflow) - wanted);
  const int exponent =
      wanted == 0 ? format.least_exponent
                  : std::clamp(std::ilogb(wanted), format.least_exponent, format.greatest_exponent);
  return std::ldexp(error, format.precision - 1 - exponent);
}

double PlacesApart(DType dtype, double a, double b) {
  const Format format = FormatOf(dtype);
  const uint64_t place_a = PlaceOf(format, std::fabs(a)), place_b = PlaceOf(format, std::fabs(b));
  if (std::signbit(a) != std::signbit(b)) return static_cast<double>(place_a + place_b);
  return static_cast<double>(std::max(place_a, place_b) - std::min(place_a, place_b));
}

}  // namespace activation::cli::check
