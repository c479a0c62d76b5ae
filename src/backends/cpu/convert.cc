// Conversions between storage and compute types, and whether what is converted is finite.
#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/convert.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "hwy/highway.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/half.h"

// Whether Highway rounds to f16 by the machine; elsewhere it cuts off.
#undef ACT_ROUNDS_TO_F16
#define ACT_ROUNDS_TO_F16 (HWY_TARGET <= HWY_AVX2 || HWY_TARGET == HWY_NEON)

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kKernelGranule>;
using Words = hn::RebindToUnsigned<D>;

void BF16ToFloat(const uint16_t* HWY_RESTRICT in, float* HWY_RESTRICT out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = FloatOfBF16(in[i]);
}

void FloatToDouble(const float* HWY_RESTRICT in, double* HWY_RESTRICT out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = in[i];
}

// A 16-bit type: how a float is rounded to it, and whether a float is in the middle between two of
// its numbers.
struct F16 {
  static uint16_t Round(float x) { return F16OfFloat(x); }

  static bool IsMiddle(float x) {
    const uint32_t magnitude = std::bit_cast<uint32_t>(x) & ~kFloatSign;
    if (magnitude >= kLeastNormal) return IsMiddleOfNormals(magnitude);
    const auto size = std::bit_cast<float>(magnitude);
    return AbsBits(size - ((size + 0.5F) - 0.5F)) == 0x1p-25F;
  }

#if ACT_ROUNDS_TO_F16
  static HWY_INLINE void Store(hn::Vec<D> y, uint16_t* out) {
    const hn::Rebind<hwy::float16_t, D> half;
    // The one quiet NaN, with the sign.
    const auto nan = hn::BitCast(D(), hn::Set(Words(), 0x7fc00000U));
    const auto one = hn::IfThenElse(hn::IsNaN(y), hn::CopySign(nan, y), y);
    hn::StoreU(hn::DemoteTo(half, one), half, reinterpret_cast<hwy::float16_t*>(out));
  }

  static HWY_INLINE hn::Mask<D> AreMiddles(hn::Vec<D> y) {
    const Words words;
    const auto lost = hn::And(hn::BitCast(words, y), hn::Set(words, kLostBits));
    const auto size = hn::Abs(y);
    // Added to one half a subnormal is rounded to its last bit.
    const auto half = hn::Set(D(), 0.5F);
    const auto rest = hn::Abs(hn::Sub(size, hn::Sub(hn::Add(size, half), half)));
    const auto of_normals = hn::RebindMask(D(), hn::Eq(lost, hn::Set(words, kMiddle)));
    const auto normal = hn::Ge(size, hn::Set(D(), 0x1p-14F));
    const auto of_subnormals = hn::Eq(rest, hn::Set(D(), 0x1p-25F));
    return hn::Or(hn::And(normal, of_normals), hn::AndNot(normal, of_subnormals));
  }
#endif

 private:
  static constexpr uint32_t kLeastNormal = 0x38800000;
  static constexpr uint32_t kLostBits = 0x1fff;
  static constexpr uint32_t kMiddle = 0x1000;

  static bool IsMiddleOfNormals(uint32_t magnitude) { return (magnitude & kLostBits) == kMiddle; }
};

struct BF16 {
  static uint16_t Round(float x) { return BF16OfFloat(x); }
  static bool IsMiddle(float x) { return (std::bit_cast<uint32_t>(x) & kLostBits) == kMiddle; }

#if ACT_ROUNDS_TO_F16
  static HWY_INLINE void Store(hn::Vec<D> y, uint16_t* out) {
    const Words words;
    const hn::RebindToSigned<D> integers;
    const hn::Rebind<uint16_t, D> half;
    const auto bits = hn::BitCast(words, y);
    const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(words, 1));
    const auto sum = hn::Add(bits, hn::Add(odd, hn::Set(words, 0x7fff)));
    const auto nan = hn::RebindMask(words, hn::IsNaN(y));
    const auto rounded = hn::IfThenElse(nan, hn::Set(words, 0x7fc0), hn::ShiftRight<16>(sum));
    hn::StoreU(hn::DemoteTo(half, hn::BitCast(integers, rounded)), half, out);
  }

  static HWY_INLINE hn::Mask<D> AreMiddles(hn::Vec<D> y) {
    const Words words;
    const auto lost = hn::And(hn::BitCast(words, y), hn::Set(words, kLostBits));
    return hn::RebindMask(D(), hn::Eq(lost, hn::Set(words, kMiddle)));
  }
#endif

 private:
  static constexpr uint32_t kLostBits = 0xffff;
  static constexpr uint32_t kMiddle = 0x8000;
};

void F16ToFloat(const uint16_t* HWY_RESTRICT in, float* HWY_RESTRICT out, size_t n) {
  size_t i = 0;
#if ACT_ROUNDS_TO_F16
  const hn::Rebind<hwy::float16_t, D> half;
  const auto* from = reinterpret_cast<const hwy::float16_t*>(in);
  for (; i + hn::Lanes(D()) <= n; i += hn::Lanes(D())) {
    hn::StoreU(hn::PromoteTo(D(), hn::LoadU(half, from + i)), D(), out + i);
  }
#endif
  for (; i < n; ++i) out[i] = FloatOfF16(in[i]);
}

template <class Type>
HWY_INLINE bool Convert(const float* HWY_RESTRICT in, uint16_t* HWY_RESTRICT out,
                        uint8_t* HWY_RESTRICT doubt, size_t n) {
  bool any = false;
  const auto mark = [&](size_t begin, size_t end) {
    if (!any) std::fill(doubt, doubt + n, uint8_t{0});
    any = true;
    for (size_t i = begin; i < end; ++i) doubt[i] = Type::IsMiddle(in[i]) ? 1 : 0;
  };
  size_t i = 0;
#if ACT_ROUNDS_TO_F16
  for (; i + hn::Lanes(D()) <= n; i += hn::Lanes(D())) {
    const auto y = hn::LoadU(D(), in + i);
    Type::Store(y, out + i);
    if (HWY_UNLIKELY(!hn::AllFalse(D(), Type::AreMiddles(y)))) mark(i, i + hn::Lanes(D()));
  }
#endif
  for (; i < n; ++i) {
    out[i] = Type::Round(in[i]);
    if (HWY_UNLIKELY(Type::IsMiddle(in[i]))) mark(i, i + 1);
  }
  return any;
}

bool FloatToF16(const float* in, uint16_t* out, uint8_t* doubt, size_t n) {
  return Convert<F16>(in, out, doubt, n);
}

bool FloatToBF16(const float* in, uint16_t* out, uint8_t* doubt, size_t n) {
  return Convert<BF16>(in, out, doubt, n);
}

// The greatest exponent is that of what is not finite.
bool AreFinite(const float* in, size_t n) {
  const Words words;
  constexpr uint32_t kInfinity = 0x7f800000;
  auto greatest = hn::Zero(words);
  size_t i = 0;
  for (; i + hn::Lanes(words) <= n; i += hn::Lanes(words)) {
    const auto bits = hn::BitCast(words, hn::LoadU(D(), in + i));
    greatest = hn::Max(greatest, hn::And(bits, hn::Set(words, kInfinity)));
  }
  uint32_t most = hn::GetLane(hn::MaxOfLanes(words, greatest));
  for (; i < n; ++i) most = std::max(most, std::bit_cast<uint32_t>(in[i]) & kInfinity);
  return most < kInfinity;
}

}  // namespace

ConversionKernels Conversions() {
  return {F16ToFloat, BF16ToFloat, FloatToDouble, FloatToF16, FloatToBF16, AreFinite};
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
