// Conversions between storage and compute types: plain loops over integer and
// exact float operations, which the compiler turns into vectors of each target.
#include <bit>

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

// Whether the numbers just below and above a float round to different results:
// it is the middle between two, or the middle is its neighbour. `round` takes
// bits of a float; a zero has no neighbours of either sign.
template <class Round>
HWY_INLINE bool Convert(const float* HWY_RESTRICT in, uint16_t* HWY_RESTRICT out,
                        uint8_t* HWY_RESTRICT doubt, size_t n, Round round) {
  uint32_t any = 0;
  for (size_t i = 0; i < n; ++i) {
    const auto bits = std::bit_cast<uint32_t>(in[i]);
    const bool inner = (bits & ~kFloatSign) - 1U < kFloatInfinity - 1U;
    const uint16_t below = round(std::bit_cast<float>(bits - 1U));
    const uint16_t above = round(std::bit_cast<float>(bits + 1U));
    out[i] = round(in[i]);
    doubt[i] = inner && below != above ? 1 : 0;
    any |= doubt[i];
  }
  return any != 0;
}

bool FloatToF16(const float* in, uint16_t* out, uint8_t* doubt, size_t n) {
  return Convert(in, out, doubt, n, [](float x) HWY_ATTR { return F16OfFloat(x); });
}

bool FloatToBF16(const float* in, uint16_t* out, uint8_t* doubt, size_t n) {
  return Convert(in, out, doubt, n, [](float x) HWY_ATTR { return BF16OfFloat(x); });
}

}  // namespace

ConversionKernels Conversions() {
  return {F16ToFloat, BF16ToFloat, FloatToDouble, FloatToF16, FloatToBF16};
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
