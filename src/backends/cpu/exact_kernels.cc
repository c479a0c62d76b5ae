// The EXACT tier's kernels: f(x) and dy * f'(x) of every function for f32, in
// double, with the rounding test.
#include <algorithm>
#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/exact_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/rounding_test-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

// As PrefetchAhead() for the vector at i, where lines begin.
HWY_INLINE void PrefetchLine(const float* x, const float* dy, size_t i, Store store) {
  if (store != Store::kStreamed || i % kKernelGranule != 0) return;
  constexpr size_t kBytes = kKernelGranule * sizeof(float);
  PrefetchAhead(x + i, kBytes);
  if (dy != nullptr) PrefetchAhead(dy + i, kBytes);
}

// Leaves a result in doubt as it is.
struct AsItIs {
  HWY_INLINE Wide operator()(Wide, Wide y) const { return y; }
};

// Of a function that beside zero is x / 2 and more: what the double lacks of that, as every odd
// subnormal x is a tie without it.
struct AboveHalf {
  HWY_INLINE Wide operator()(Wide x, Wide y) const {
    const Wide size = Abs(x);
    const Wide raised = Fma(size, Wide::Of(0x1p-40), y);
    // A zero stays the one it is.
    return Select((size < Wide::Of(0x1p-100)) & (Wide::Of(0) < size), raised, y);
  }
};

// `formula` of whole vectors of floats, in double and tested; `settle` has a second look at x and a
// result in doubt.
template <bool kGradient, class Formula, class Settle>
HWY_INLINE bool ForEachTested(const float* x, const float* dy, float* out, uint8_t* doubt, size_t n,
                              Store store, Formula formula, Settle settle) {
  using N = Number<Floats>;
  bool any = false;
  for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
    PrefetchLine(x, dy, i, store);
    const N xi = {hn::LoadU(Floats(), x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(Floats(), dy + i)};
    const Parts wide_x = Widen(xi.v);
    const Parts wide_dy = Widen(dyi.v);
    Parts y = EachPart(wide_x, wide_dy, formula);
    const auto round_and_store = [&]() HWY_ATTR {
      const N rounded = {Narrow(y)};
      StoreVector((kGradient ? WithOneNan(xi, rounded) : WithNanOf(xi, rounded)).v, Floats(),
                  out + i, store);
      return rounded.v;
    };
    const auto rounded = round_and_store();
    if (HWY_UNLIKELY(MayBeInDoubt<kErrorUnits>(y, rounded)) && IsInDoubt<kErrorUnits>(y)) {
      if constexpr (!std::is_same_v<Settle, AsItIs>) {
        y = EachPart(wide_x, y, settle);
        round_and_store();
        if (!IsInDoubt<kErrorUnits>(y)) continue;
      }
      if (!any) std::fill(doubt, doubt + n, uint8_t{0});
      any |= MarkDoubt<kErrorUnits>(y.at[0], y.at[kParts - 1], doubt + i);
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

// Where a factor of the result, which is x or dy, is so small that errors of the result
// may be lost or the result may vanish: 0 < |factor| < 2^-20, as one comparison of
// bits. The other factors are 2^-60 at least (HoldInTwoFloats), or a float's distance to
// a number near one.
HWY_INLINE hn::Mask<Floats> IsTiny(Number<Floats> factor) {
  const hn::RebindToUnsigned<Floats> du;
  const auto one = hn::Set(du, 1);
  const auto less = hn::Sub(hn::BitCast(du, Abs(factor).v), one);
  const auto bound = hn::Sub(hn::BitCast(du, hn::Set(Floats(), 0x1p-20F)), one);
  return hn::MaskFromVec(hn::BitCast(Floats(), hn::VecFromMask(du, hn::Lt(less, bound))));
}

// As ForEachTested, in two floats. A vector in which a number within the error
// rounds to another float, or of results so small that errors are lost, or one of
// which is not a number, is left to `in_double`.
template <bool kGradient, class Formula, class InDouble>
HWY_INLINE bool ForEachInTwoFloats(const float* x, const float* dy, float* out, uint8_t* doubt,
                                   size_t n, Store store, Formula formula, InDouble in_double) {
  using N = Number<Floats>;
  bool any = false;
  // What is chosen by comparisons with NaN may be a number.
  const N of_nan = formula(N::Of(std::numeric_limits<double>::quiet_NaN()), N::Of(1)).high;
  const bool loses_nan = IsAny(of_nan == of_nan);
  for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
    PrefetchLine(x, dy, i, store);
    const N xi = {hn::LoadU(Floats(), x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(Floats(), dy + i)};
    const Pair<N> y = formula(xi, dyi);
    // Of either sign: the two sums may change places.
    const N error = y.high * N::Of(kTwoFloatsError);
    const N one_end = y.high + (y.low - error);
    const N other_end = y.high + (y.low + error);
    auto sure = hn::AndNot(IsTiny(kGradient ? dyi : xi), (one_end == other_end).m);
    if (loses_nan) sure = hn::And(sure, (xi == xi).m);
    if (HWY_LIKELY(hn::AllTrue(Floats(), sure))) {
      // A sum of zeros has lost its sign.
      StoreVector(CopySign(one_end, y.high).v, Floats(), out + i, store);
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
  const auto formula = [params](Wide xi, Wide) HWY_ATTR {
    return Rounded(F::template Forward<Quick<Wide>>(xi, params));
  };
  if constexpr (requires { F::IsAboveHalf(params); }) {
    if (F::IsAboveHalf(params)) {
      return ForEachTested<false>(x, nullptr, out, doubt, n, store, formula, AboveHalf());
    }
  }
  return ForEachTested<false>(x, nullptr, out, doubt, n, store, formula, AsItIs());
}

template <class F>
bool GradientInDouble(const Params& params, const float* x, const float* dy, float* out,
                      uint8_t* doubt, size_t n, Store store) {
  return ForEachTested<true>(
      x, dy, out, doubt, n, store,
      [params](Wide xi, Wide dyi)
          HWY_ATTR { return Rounded(F::template Gradient<Quick<Wide>>(xi, dyi, params)); },
      AsItIs());
}

template <class F>
bool ExactForward(const Params& params, const float* x, const float* dy, float* out, uint8_t* doubt,
                  size_t n, Store store) {
  if constexpr (kRoundsOnce<F, false, Wide>) {
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
  if constexpr (kRoundsOnce<F, true, Wide>) {
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
  ForEachFunction<Tables>(functions, ElementwiseFunctions());
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
