// Conversions between storage and compute types: plain loops over integer and
// exact float operations, which the compiler turns into vectors of each target.
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/convert.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "hwy/highway.h"
#include "src/backends/cpu/half.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

void F16ToFloat(const uint16_t* HWY_RESTRICT in, float* HWY_RESTRICT out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = FloatOfF16(in[i]);
}

void BF16ToFloat(const uint16_t* HWY_RESTRICT in, float* HWY_RESTRICT out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = FloatOfBF16(in[i]);
}

void FloatToDouble(const float* HWY_RESTRICT in, double* HWY_RESTRICT out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = in[i];
}

bool DoubleToFloat(const double* HWY_RESTRICT in, double relative, float* HWY_RESTRICT out,
                   uint16_t* HWY_RESTRICT doubt, size_t n) {
  uint32_t any = 0;
  for (size_t i = 0; i < n; ++i) {
    const double size = in[i] < 0 ? -in[i] : in[i];
    const double margin = size < std::numeric_limits<double>::infinity() ? size * relative : 0.0;
    const auto low = std::bit_cast<uint32_t>(static_cast<float>(in[i] - margin));
    const auto high = std::bit_cast<uint32_t>(static_cast<float>(in[i] + margin));
    out[i] = static_cast<float>(in[i]);
    doubt[i] = low != high ? 1 : 0;
    any |= low ^ high;
  }
  return any != 0;
}

// The margin is at least a subnormal step, because there a float's own error is
// absolute. An infinite result is what it is.
HWY_INLINE float Margin(float value, float relative) {
  constexpr float kSubnormalMargin = 0x1p-147F;
  const float size = AbsBits(value);
  return size < std::numeric_limits<float>::infinity() ? size * relative + kSubnormalMargin : 0.0F;
}

// Zero where two results are one; the sign of a zero is never in doubt.
HWY_INLINE uint16_t Differ(uint16_t a, uint16_t b) {
  return static_cast<uint16_t>((a ^ b) & (((a | b) & 0x7fffU) == 0 ? 0U : 0xffffU));
}

bool FloatToF16(const float* HWY_RESTRICT in, float relative, uint16_t* HWY_RESTRICT out,
                uint16_t* HWY_RESTRICT doubt, size_t n) {
  uint32_t any = 0;
  for (size_t i = 0; i < n; ++i) {
    const float margin = Margin(in[i], relative);
    out[i] = F16OfFloat(in[i]);
    doubt[i] = Differ(F16OfFloat(in[i] - margin), F16OfFloat(in[i] + margin));
    any |= doubt[i];
  }
  return any != 0;
}

bool FloatToBF16(const float* HWY_RESTRICT in, float relative, uint16_t* HWY_RESTRICT out,
                 uint16_t* HWY_RESTRICT doubt, size_t n) {
  uint32_t any = 0;
  for (size_t i = 0; i < n; ++i) {
    const float margin = Margin(in[i], relative);
    out[i] = BF16OfFloat(in[i]);
    doubt[i] = Differ(BF16OfFloat(in[i] - margin), BF16OfFloat(in[i] + margin));
    any |= doubt[i];
  }
  return any != 0;
}

}  // namespace

ConversionKernels Conversions() {
  return {F16ToFloat, BF16ToFloat, FloatToDouble, DoubleToFloat, FloatToF16, FloatToBF16};
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(Conversions);

ConversionKernels ChosenConversions() { return HWY_DYNAMIC_DISPATCH(Conversions)(); }

}  // namespace activation
#endif  // HWY_ONCE
