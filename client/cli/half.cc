#include "client/cli/half.h"

#include <algorithm>
#include <cmath>

namespace activation::cli {
namespace {

// A 16-bit format with `kFraction` stored bits of the significand.
template <int kFraction>
struct Narrow {
  static constexpr int kExponent = 15 - kFraction;
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr uint16_t kInfinity = ((1u << kExponent) - 1) << kFraction;

  static uint16_t From(double value) {
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const double magnitude = std::fabs(value);
    if (std::isnan(value)) return sign | kInfinity | (1u << (kFraction - 1));
    if (magnitude == 0 || std::isinf(magnitude)) return sign | (magnitude == 0 ? 0 : kInfinity);
    // The power of two of the leading bit, not below that of the least normal
    // number, where the spacing stops shrinking.
    const int exponent = std::max(std::ilogb(magnitude), 1 - kBias);
    if (exponent > kBias) return sign | kInfinity;
    // In units of the spacing: exact, then rounded once, to nearest even. The
    // leading bit, if there, adds one to the exponent field; so does a carry.
    const double units = std::nearbyint(std::ldexp(magnitude, kFraction - exponent));
    const uint32_t encoded =
        (static_cast<uint32_t>(exponent + kBias - 1) << kFraction) + static_cast<uint32_t>(units);
    return static_cast<uint16_t>(sign | std::min<uint32_t>(encoded, kInfinity));
  }

  static double To(uint16_t bits) {
    const int exponent = (bits & kInfinity) >> kFraction;
    const int fraction = bits & ((1 << kFraction) - 1);
    double magnitude;
    if (exponent == kInfinity >> kFraction) {
      magnitude = fraction == 0 ? HUGE_VAL : NAN;
    } else if (exponent == 0) {
      magnitude = std::ldexp(fraction, 1 - kBias - kFraction);
    } else {
      magnitude = std::ldexp(fraction + (1 << kFraction), exponent - kBias - kFraction);
    }
    return std::copysign(magnitude, bits & 0x8000 ? -1.0 : 1.0);
  }
};

}  // namespace

uint16_t HalfFromDouble(double value) { return Narrow<10>::From(value); }
double DoubleFromHalf(uint16_t bits) { return Narrow<10>::To(bits); }
uint16_t BFloat16FromDouble(double value) { return Narrow<7>::From(value); }
double DoubleFromBFloat16(uint16_t bits) { return Narrow<7>::To(bits); }

}  // namespace activation::cli
