// The EXACT tier's kernels: f(x) and dy * f'(x) of every function for f32, in
// double, with Ziv's rounding test: a result is in doubt where a number within
// the error of the double one rounds to another float. Ziv, "Fast evaluation of
// elementary mathematical functions with correctly rounded last bit", 1991.
#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/exact_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

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

// Bound on the relative error of a Quick result, proved by the sweeps of
// activation-prove with room to spare, in units of 2^-52.
constexpr uint64_t kErrorUnits = 1 << 9;

// Lanes within that error of the middle between two neighbouring normal floats:
// the bits that a float does not hold are then 1000...
HWY_INLINE hn::Mask<Doubles> NearMiddle(Wide y) {
  const hn::RebindToUnsigned<Doubles> du;
  constexpr uint64_t kMiddle = uint64_t{1} << 28;
  constexpr uint64_t kLost = 2 * kMiddle - 1;
  const auto shifted = hn::Add(hn::BitCast(du, y.v), hn::Set(du, kMiddle + kErrorUnits));
  const auto mask = hn::Set(du, kLost & ~(2 * kErrorUnits - 1));
#if HWY_TARGET == HWY_AVX3
  return {_mm512_testn_epi64_mask(shifted.raw, mask.raw)};
#else
  return hn::MaskFromVec(
      hn::BitCast(Doubles(), hn::VecFromMask(du, hn::Eq(hn::And(shifted, mask), hn::Zero(du)))));
#endif
}

// Whether numbers within the error of a lane, of any size, round to different
// floats: true for no zero, which many results are.
HWY_INLINE bool IsInDoubt(const Parts& y) {
  const Wide relative = Wide::Of(static_cast<double>(kErrorUnits) * 0x1p-52);
  const Parts low =
      EachPart(y, y, [&](Wide part, Wide) HWY_ATTR { return part - Abs(part) * relative; });
  const Parts high =
      EachPart(y, y, [&](Wide part, Wide) HWY_ATTR { return part + Abs(part) * relative; });
  return !hn::AllFalse(Floats(), hn::Lt(Narrow(low), Narrow(high)));
}

// Says of each lane whether it is in doubt, and returns whether any is; `last` is
// `first` where a vector is one part.
HWY_NOINLINE bool MarkDoubt(Wide first, Wide last, uint8_t* doubt) {
  HWY_ALIGN double lanes[kKernelGranule];
  hn::Store(last.v, Doubles(), lanes + (kParts - 1) * hn::Lanes(Doubles()));
  hn::Store(first.v, Doubles(), lanes);
  bool any = false;
  for (size_t i = 0; i < hn::Lanes(Floats()); ++i) {
    const double margin = lanes[i] * (static_cast<double>(kErrorUnits) * 0x1p-52);
    const auto low = static_cast<float>(lanes[i] - margin);
    const auto high = static_cast<float>(lanes[i] + margin);
    doubt[i] = low < high || high < low ? 1 : 0;
    any |= doubt[i] != 0;
  }
  return any;
}

HWY_INLINE bool MayBeInDoubt(const Parts& y, hn::Vec<Floats> rounded) {
  auto near = NearMiddle(y.at[0]);
  for (size_t part = 1; part < kParts; ++part) near = hn::Or(near, NearMiddle(y.at[part]));
  // Below the normal numbers the middles lie elsewhere.
  const auto tiny = hn::Lt(hn::Abs(rounded), hn::Set(Floats(), 0x1p-126F));
  return !hn::AllFalse(Doubles(), near) || !hn::AllFalse(Floats(), tiny);
}

// Whether every result is a double, so that there is nothing to test.
template <class F>
inline constexpr bool kIsDouble = requires {
  F::kExactInDouble;
};

// Whether f(x) is one operation on floats, correctly rounded as it is.
template <class F>
inline constexpr bool kRoundsOnce = requires {
  F::kForwardRoundsOnce;
};

// `formula` of whole vectors of floats, in double and tested.
template <bool kTested, bool kGradient, class Formula>
HWY_INLINE bool ForEachTested(const float* x, const float* dy, float* out, uint8_t* doubt, size_t n,
                              Store store, Formula formula) {
  using N = Number<Floats>;
  bool any = false;
  for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
    const N xi = {hn::LoadU(Floats(), x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(Floats(), dy + i)};
    const Parts wide_x = Widen(xi.v);
    const Parts wide_dy = Widen(dyi.v);
    const Parts y = EachPart(wide_x, wide_dy, formula);
    const N rounded = {Narrow(y)};
    StoreVector((kGradient ? WithOneNan(xi, rounded) : WithNanOf(xi, rounded)).v, Floats(), out + i,
                store);
    if (!kTested) continue;
    if (HWY_UNLIKELY(MayBeInDoubt(y, rounded.v)) && IsInDoubt(y)) {
      if (!any) std::fill(doubt, doubt + n, uint8_t{0});
      any |= MarkDoubt(y.at[0], y.at[kParts - 1], doubt + i);
    }
  }
  return any;
}

// Whether floats in two words are enough to decide but for the rarest results: of
// formulas of few steps. The rounding test is then that of a sum.
template <class F>
inline constexpr bool kIsTwoFloats = requires {
  F::kExactInTwoFloats;
};

// Bound on the error of such a sum, relative to it, with room to spare.
constexpr double kTwoFloatsError = 0x1p-40;

// As ForEachTested, in two floats. A vector in which a number within the error
// rounds to another float, or of results so small that errors are lost, or one of
// which is not a number, is left to `in_double`.
template <bool kGradient, class Formula, class InDouble>
HWY_INLINE bool ForEachInTwoFloats(const float* x, const float* dy, float* out, uint8_t* doubt,
                                   size_t n, Store store, Formula formula, InDouble in_double) {
  using N = Number<Floats>;
  bool any = false;
  for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
    const N xi = {hn::LoadU(Floats(), x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(Floats(), dy + i)};
    const Pair<N> y = formula(xi, dyi);
    const N size = Abs(y.high);
    const N error = size * N::Of(kTwoFloatsError);
    const N least = y.high + (y.low - error);
    const N greatest = y.high + (y.low + error);
    const auto tiny = (size < N::Of(0x1p-80)) & (N::Of(0) < size);
    auto sure = hn::AndNot(tiny.m, (least == greatest).m);
    // A slope chosen by comparisons with NaN may be a number.
    if (kGradient) sure = hn::And(sure, (xi == xi).m);
    if (HWY_LIKELY(hn::AllTrue(Floats(), sure))) {
      // A sum of zeros has lost its sign.
      StoreVector(CopySign(least, y.high).v, Floats(), out + i, store);
      continue;
    }
    uint8_t doubt_here[kKernelGranule];
    if (in_double(x + i, dy == nullptr ? dy : dy + i, out + i, doubt_here, hn::Lanes(Floats()),
                  store)) {
      if (!any) std::fill(doubt, doubt + n, uint8_t{0});
      std::copy(doubt_here, doubt_here + hn::Lanes(Floats()), doubt + i);
      any = true;
    }
  }
  return any;
}

template <class F>
bool ForwardInDouble(const Params& params, const float* x, const float*, float* out, uint8_t* doubt,
                     size_t n, Store store) {
  return ForEachTested<!kIsDouble<F>, false>(
      x, nullptr, out, doubt, n, store, [params](Wide xi, Wide) HWY_ATTR {
        return Rounded(F::template Forward<Quick<Wide>>(xi, params));
      });
}

template <class F>
bool GradientInDouble(const Params& params, const float* x, const float* dy, float* out,
                      uint8_t* doubt, size_t n, Store store) {
  return ForEachTested<!kIsDouble<F>, true>(
      x, dy, out, doubt, n, store, [params](Wide xi, Wide dyi) HWY_ATTR {
        return Rounded(F::template Gradient<Quick<Wide>>(xi, dyi, params));
      });
}

template <class F>
bool ExactForward(const Params& params, const float* x, const float* dy, float* out, uint8_t* doubt,
                  size_t n, Store store) {
  if constexpr (kRoundsNothing<F> || kRoundsOnce<F>) {
    Forward<F, Fast, float>(params, x, nullptr, out, n, store);
    return false;
  } else if constexpr (kIsTwoFloats<F>) {
    if (!HoldInTwoFloats(params)) return ForwardInDouble<F>(params, x, dy, out, doubt, n, store);
    using N = Number<Floats>;
    return ForEachInTwoFloats<false>(
        x, nullptr, out, doubt, n, store,
        [params](N xi, N) HWY_ATTR { return F::template Forward<Careful<N>>(xi, params); },
        [&params](auto... arguments) { return ForwardInDouble<F>(params, arguments...); });
  } else {
    return ForwardInDouble<F>(params, x, dy, out, doubt, n, store);
  }
}

template <class F>
bool ExactGradient(const Params& params, const float* x, const float* dy, float* out,
                   uint8_t* doubt, size_t n, Store store) {
  if constexpr (kRoundsNothing<F>) {
    Gradient<F, Fast, float>(params, x, dy, out, n, store);
    return false;
  } else if constexpr (kIsTwoFloats<F>) {
    if (!HoldInTwoFloats(params)) return GradientInDouble<F>(params, x, dy, out, doubt, n, store);
    using N = Number<Floats>;
    return ForEachInTwoFloats<true>(
        x, dy, out, doubt, n, store,
        [params](N xi, N dyi)
            HWY_ATTR { return F::template Gradient<Careful<N>>(xi, dyi, params); },
        [&params](auto... arguments) { return GradientInDouble<F>(params, arguments...); });
  } else {
    return GradientInDouble<F>(params, x, dy, out, doubt, n, store);
  }
}

struct Tables {
  template <class F>
  static void Set(FunctionKernels& table) {
    table.exact = {ExactForward<F>, ExactGradient<F>};
  }
};

}  // namespace

void SetExactKernels(std::vector<FunctionKernels>& functions) {
  ForEachFunction<Tables>(functions, AllFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SetExactKernels);

void AddExactKernels(std::vector<FunctionKernels>& functions) {
  HWY_DYNAMIC_DISPATCH(SetExactKernels)(functions);
}

}  // namespace activation
#endif  // HWY_ONCE
