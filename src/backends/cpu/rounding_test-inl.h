// Floats computed in double, and Ziv's rounding test: a result is in doubt where a
// number within the error of the double one rounds to another float. Ziv, "Fast
// evaluation of elementary mathematical functions with correctly rounded last
// bit", 1991. Included once a target.
#if defined(ACT_ROUNDING_TEST_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_ROUNDING_TEST_INL_H_
#undef ACT_ROUNDING_TEST_INL_H_
#else
#define ACT_ROUNDING_TEST_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "src/backends/cpu/kernels.h"
#include "src/functions/error_bound.h"
#include "src/functions/ops_simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
constexpr size_t kParts = 1;
#else
constexpr size_t kParts = 2;
#endif

using Floats = hn::CappedTag<float, kKernelGranule>;
#if HWY_TARGET == HWY_SCALAR
using Doubles = hn::Rebind<double, Floats>;
#else
using Doubles = hn::RepartitionToWide<Floats>;
#endif
using Wide = Number<Doubles>;

// A vector of floats in double, as so many vectors.
struct Parts {
  Wide at[kParts];
};

HWY_INLINE Parts Widen(hn::Vec<Floats> v) {
#if HWY_TARGET == HWY_SCALAR
  return {{{hn::PromoteTo(Doubles(), v)}}};
#else
  const hn::Half<Floats> half;
  return {{{hn::PromoteTo(Doubles(), hn::LowerHalf(half, v))},
           {hn::PromoteTo(Doubles(), hn::UpperHalf(half, v))}}};
#endif
}

// op of both, part by part.
template <class Op>
HWY_INLINE Parts EachPart(const Parts& a, const Parts& b, Op op) {
#if HWY_TARGET == HWY_SCALAR
  return {{op(a.at[0], b.at[0])}};
#else
  return {{op(a.at[0], b.at[0]), op(a.at[1], b.at[1])}};
#endif
}

HWY_INLINE hn::Vec<Floats> Narrow(const Parts& y) {
#if HWY_TARGET == HWY_SCALAR
  return RoundedToFloat(Floats(), y.at[0].v);
#else
  const hn::Half<Floats> half;
  return hn::Combine(Floats(), RoundedToFloat(half, y.at[1].v), RoundedToFloat(half, y.at[0].v));
#endif
}

// Lanes within the error, so many units of their last place (error_bound.h), of the middle between
// two neighbouring normal floats: the bits that a float does not hold are then 1000...
template <uint32_t kUnits>
HWY_INLINE hn::Mask<Doubles> NearMiddle(Wide y) {
  const hn::RebindToUnsigned<Doubles> du;
  constexpr uint64_t kMiddle = uint64_t{1} << 28;
  constexpr uint64_t kLost = 2 * kMiddle - 1;
  const auto shifted = hn::Add(hn::BitCast(du, y.v), hn::Set(du, kMiddle + kUnits));
  const auto mask = hn::Set(du, kLost & ~(2 * kUnits - 1));
#if HWY_TARGET == HWY_AVX3
  return {_mm512_testn_epi64_mask(shifted.raw, mask.raw)};
#else
  return hn::MaskFromVec(
      hn::BitCast(Doubles(), hn::VecFromMask(du, hn::Eq(hn::And(shifted, mask), hn::Zero(du)))));
#endif
}

// Whether numbers within the error of a lane, of any size, round to different
// floats: true for no zero, which many results are.
template <uint32_t kUnits>
HWY_INLINE bool IsInDoubt(const Parts& y) {
  const Wide relative = Wide::Of(kUnits * 0x1p-52);
  const Parts low =
      EachPart(y, y, [&](Wide part, Wide) HWY_ATTR { return part - Abs(part) * relative; });
  const Parts high =
      EachPart(y, y, [&](Wide part, Wide) HWY_ATTR { return part + Abs(part) * relative; });
  return !hn::AllFalse(Floats(), hn::Lt(Narrow(low), Narrow(high)));
}

// Says of each lane whether it is in doubt, and returns whether any is; `last` is
// `first` where a vector is one part.
template <uint32_t kUnits>
HWY_NOINLINE bool MarkDoubt(Wide first, Wide last, uint8_t* doubt) {
  HWY_ALIGN double lanes[kKernelGranule];
  hn::Store(last.v, Doubles(), lanes + (kParts - 1) * hn::Lanes(Doubles()));
  hn::Store(first.v, Doubles(), lanes);
  bool any = false;
  for (size_t i = 0; i < hn::Lanes(Floats()); ++i) {
    const double margin = lanes[i] * (kUnits * 0x1p-52);
    const auto low = static_cast<float>(lanes[i] - margin);
    const auto high = static_cast<float>(lanes[i] + margin);
    doubt[i] = low < high || high < low ? 1 : 0;
    any |= doubt[i] != 0;
  }
  return any;
}

template <uint32_t kUnits>
HWY_INLINE bool MayBeInDoubt(const Parts& y, hn::Vec<Floats> rounded) {
  auto near = NearMiddle<kUnits>(y.at[0]);
  for (size_t part = 1; part < kParts; ++part) near = hn::Or(near, NearMiddle<kUnits>(y.at[part]));
  // Below the normal numbers, and just below the least of them, the middles lie elsewhere.
  const auto tiny = hn::Le(hn::Abs(rounded), hn::Set(Floats(), 0x1p-126F));
  return !hn::AllFalse(Doubles(), near) || !hn::AllFalse(Floats(), tiny);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_ROUNDING_TEST_INL_H_
