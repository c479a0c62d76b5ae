// The 16-bit storage types as bits: conversions from and to float, branch-free in integers. And
// rounding to odd, after which another rounding does no harm.
#ifndef ACTIVATION_SRC_BACKENDS_HALF_H_
#define ACTIVATION_SRC_BACKENDS_HALF_H_

#include <bit>
#include <cstdint>

namespace activation {

inline constexpr uint32_t kFloatSign = 0x80000000U;
inline constexpr uint32_t kFloatInfinity = 0x7f800000U;

constexpr float AbsBits(float x) {
  return std::bit_cast<float>(std::bit_cast<uint32_t>(x) & ~kFloatSign);
}

// Exact.
constexpr float FloatOfBF16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

// Round to nearest, ties to even; a NaN becomes the quiet NaN.
constexpr uint16_t BF16OfFloat(float x) {
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const bool nan = (bits & ~kFloatSign) > kFloatInfinity;
  return static_cast<uint16_t>(nan ? 0x7fc0U : rounded);
}

// Exact. A subnormal becomes normal through the multiplication.
constexpr float FloatOfF16(uint16_t bits) {
  const uint32_t magnitude = (bits & 0x7fffU) << 13;
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112F;
  const uint32_t special = magnitude | kFloatInfinity;  // exponent all ones: inf, NaN
  const auto finite = std::bit_cast<uint32_t>(scaled);
  const uint32_t sign = (bits & 0x8000U) << 16;
  return std::bit_cast<float>(((bits & 0x7c00U) == 0x7c00U ? special : finite) | sign);
}

// Round to nearest, ties to even; a NaN becomes the quiet NaN.
constexpr uint16_t F16OfFloat(float x) {
  constexpr uint32_t kOverflow = 0x47800000U;     // 2^16
  constexpr uint32_t kLeastNormal = 0x38800000U;  // 2^-14
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t magnitude = bits & ~kFloatSign;
  // Adding one half puts the subnormal's last bit at the last bit of the sum.
  const float shifted = std::bit_cast<float>(magnitude < kLeastNormal ? magnitude : 0U) + 0.5F;
  const uint32_t subnormal = std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(0.5F);
  const uint32_t odd = (magnitude >> 13) & 1U;
  const uint32_t normal = (magnitude - 0x38000000U + 0xfffU + odd) >> 13;
  const uint32_t special = magnitude > kFloatInfinity ? 0x7e00U : 0x7c00U;
  const uint32_t finite = magnitude < kLeastNormal ? subnormal : normal;
  return static_cast<uint16_t>((magnitude >= kOverflow ? special : finite) |
                               ((bits & kFloatSign) >> 16));
}

// The float between which and `x` no number with fewer bits lies: x rounded to
// odd, so that rounding it once more gives what rounding x would have given.
// Boldo, Melquiond, "Emulation of a FMA and correctly rounded sums", 2008.
constexpr float RoundToOdd(double x) {
  const auto nearest = static_cast<float>(x);
  if (static_cast<double>(nearest) == x || x != x) return nearest;
  auto bits = std::bit_cast<uint32_t>(nearest);
  const bool away = (x < 0 ? -x : x) <
                    (nearest < 0 ? -static_cast<double>(nearest) : static_cast<double>(nearest));
  if (away) --bits;
  return std::bit_cast<float>(bits | 1U);
}

// The same of high + low, |low| <= |high|, as a double: for types of at most 51 bits.
constexpr double RoundToOdd(double high, double low) {
  // A zero keeps its sign, and nothing is to be added to what is not finite.
  if (high == 0 || high - high != 0) return high;
  const double sum = high + low;
  const double error = low - (sum - high);
  const auto bits = std::bit_cast<uint64_t>(sum);
  if (error == 0 || (bits & 1) != 0) return sum;
  return std::bit_cast<double>((error > 0) == (sum > 0) ? bits + 1 : bits - 1);
}

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_HALF_H_
