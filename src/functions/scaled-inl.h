// Values with a power of two beside them, for what lies beyond the range of numbers,
// and products with them. Include after a host's primitives.
#if defined(ACT_SCALED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_SCALED_INL_H_
#undef ACT_SCALED_INL_H_
#else
#define ACT_SCALED_INL_H_
#endif

#include "src/functions/grades-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// t between -limit and limit.
template <class N>
ACT_FN N Within(N t, double limit) {
  return Max(Min(t, N::Of(limit)), N::Of(-limit));
}

template <class N>
ACT_FN Pair<N> Within(Pair<N> t, double limit) {
  const N high = Within(t.high, limit);
  return {high, Select(high == t.high, t.low, N::Of(0))};
}

// An element between two numbers but 0.
template <class G, class N = NumberOf<G>>
ACT_FN N ElementWithin(N x, N low, N high) {
  if constexpr (kOfFloats<G>) {
    return MaxOfFloats(MinOfFloats(x, high), low);
  } else {
    return Max(Min(x, high), low);
  }
}

template <class G, class N = NumberOf<G>>
ACT_FN N ElementWithin(N x, double low, double high) {
  return ElementWithin<G>(x, N::Of(low), N::Of(high));
}

// An element between -limit and limit.
template <class G, class N = NumberOf<G>>
ACT_FN N ElementWithin(N x, double limit) {
  return ElementWithin<G>(x, -limit, limit);
}

// An element's size or limit, whichever is less: limit also for inf and NaN.
template <class G, class N = NumberOf<G>>
ACT_FN N SizeAtMost(N x, N limit) {
  if constexpr (kOfFloats<G>) {
    return MinSizeOfFloats(x, limit);
  } else {
    return Min(Abs(x), limit);
  }
}

template <class G, class N = NumberOf<G>>
ACT_FN N SizeAtMost(N x, double limit) {
  return SizeAtMost<G>(x, N::Of(limit));
}

// t, or `least` where it is less.
template <class N>
ACT_FN N AtLeast(N t, double least) {
  return Max(t, N::Of(least));
}

template <class N>
ACT_FN Pair<N> AtLeast(Pair<N> t, double least) {
  const N high = AtLeast(t.high, least);
  return {high, Select(high == t.high, t.low, N::Of(0))};
}

// The value mantissa * 2^exponent, which may lie far below the least normal
// number. Where the grade is wide the mantissa is all of it.
template <class G>
struct Scaled {
  ValueOf<G> mantissa;
  NumberOf<G> exponent;
};

template <class G>
ACT_FN Scaled<G> Unscaled(ValueOf<G> value) {
  return {value, NumberOf<G>::Of(0)};
}

template <class G>
ACT_FN Scaled<G> Select(typename NumberOf<G>::Mask mask, Scaled<G> a, Scaled<G> b) {
  return {Select(mask, a.mantissa, b.mantissa), Select(mask, a.exponent, b.exponent)};
}

template <class G>
ACT_FN Scaled<G> operator*(Scaled<G> a, ValueOf<G> b) {
  return {a.mantissa * b, a.exponent};
}

template <class G>
ACT_FN Scaled<G> operator/(Scaled<G> a, ValueOf<G> b) {
  return {a.mantissa / b, a.exponent};
}

// The nearest integer to x * scale, ties to even, for results below 2^21; and
// the same before the last step, with the integer in the low bits.
template <class N>
ACT_FN N RoundingShift() {
  return N::Of(sizeof(typename N::Real) == 4 ? 0x1.8p23 : 0x1.8p52);
}

template <class N>
ACT_FN N RoundProduct(N x, RealConstant scale) {
  return Fma(x, N::Of(scale.high), RoundingShift<N>()) - RoundingShift<N>();
}

// 2^exponent in four factors, rest * step^3, so that it can be taken apart where
// it lies beyond the normal numbers; below 2^-4000, with which every result is zero, it
// is that. Near 1 no step is needed, and with it dy * mantissa could overflow although
// the result does not.
template <class N>
struct Steps {
  N rest;
  N step;
};

template <class N>
ACT_FN Steps<N> StepsOf(N exponent) {
  exponent = Max(exponent, N::Of(-4000));
  const N quarter = Select(Abs(exponent) < N::Of(12), N::Of(0), RoundProduct(exponent, {0.25, 0}));
  return {PowerOfTwo(exponent - N::Of(3) * quarter), PowerOfTwo(quarter)};
}

// a * x without the last rounding of a sum: a zero keeps its sign in the high
// part.
template <class N>
ACT_FN N Times(N x, N a) {
  return a * x;
}

template <class N>
ACT_FN Pair<N> Times(N x, Pair<N> a) {
  const N product = a.high * x;
  return {product, Fma(a.low, x, Fma(a.high, x, -product))};
}

template <class N>
ACT_FN Pair<N> Times(Pair<N> x, Pair<N> a) {
  const Pair<N> product = Times(x.high, a);
  return {product.high, Fma(x.low, a.high, product.low)};
}

// x times a power of two.
template <class N>
ACT_FN N ScaledBy(N x, N power) {
  return x * power;
}

template <class N>
ACT_FN Pair<N> ScaledBy(Pair<N> x, N power) {
  return {x.high * power, x.low * power};
}

// x c with one rounding that counts, for c in two words.
template <class N>
ACT_FN N TimesWords(N x, Pair<N> c) {
  return Fma(x, c.high, x * c.low);
}

// x * s for x in one word or two, right wherever the product is representable, although s alone may
// not be.
template <class G, class A>
ACT_FN ValueOf<G> TimesInPairs(A x, Scaled<G> s) {
  using N = NumberOf<G>;
  const Steps<N> steps = StepsOf(s.exponent);
  // Up before the product, whose low part would be lost below the normal numbers, and down after
  // it.
  const auto up = N::Of(0) < s.exponent;
  const N before = Select(up, steps.step, N::Of(1));
  const N after = Select(up, N::Of(1), steps.step);
  const A moved = ScaledBy(ScaledBy(ScaledBy(x, steps.step), before), before);
  const Pair<N> product = Times(moved, ScaledBy(s.mantissa, steps.rest));
  return {(Rounded(product) * after) * after, N::Of(0)};
}

template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Times(N x, Scaled<G> s) {
  if constexpr (G::kWide) {
    return Times(x, s.mantissa);
  } else if constexpr (kInPairs<G>) {
    return TimesInPairs(x, s);
  } else {
    return Scale(x * s.mantissa, s.exponent);
  }
}

// A factor in two words and a power of two beside it, for what a product with it may bring back
// into the range of numbers.
template <class N>
struct Weight {
  Pair<N> value;
  N exponent;

  static ACT_FN Weight Of(double value) { return {{N::Of(value), N::Of(0)}, N::Of(0)}; }
};

template <class N>
ACT_FN Weight<N> Select(typename N::Mask mask, Weight<N> a, Weight<N> b) {
  return {Select(mask, a.value, b.value), Select(mask, a.exponent, b.exponent)};
}

template <class G, class N>
ACT_FN ValueOf<G> Times(Weight<N> w, Scaled<G> s) {
  return TimesInPairs(w.value, Scaled<G>{s.mantissa, s.exponent + w.exponent});
}

// The same with all of it in the mantissa of a float, but for what is outside of
// [2^-64, 2^64]: then a product with the mantissa does not overflow before its
// time.
template <class G>
ACT_FN Scaled<G> Settled(Scaled<G> s) {
  if constexpr (kIsFast<G>) {
    const auto near = Within(s.exponent, 64);
    return {ScaleNormal(s.mantissa, near), s.exponent - near};
  } else {
    return s;
  }
}

// The same of what decays, whose exponent is not above zero.
template <class G>
ACT_FN Scaled<G> SettledDecay(Scaled<G> s) {
  if constexpr (kIsFast<G>) {
    const auto near = Max(s.exponent, NumberOf<G>::Of(-64));
    return {ScaleNormal(s.mantissa, near), s.exponent - near};
  } else {
    return s;
  }
}

// A settled value as a term of a sum with a number of about one: what is nothing
// beside that may be any number as small.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Term(Scaled<G> s) {
  if constexpr (!G::kWide && kInPairs<G>) {
    const Steps<N> steps = StepsOf(s.exponent);
    const N scale = steps.rest * (steps.step * (steps.step * steps.step));
    return {s.mantissa.high * scale, s.mantissa.low * scale};
  } else {
    return s.mantissa;
  }
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_SCALED_INL_H_
