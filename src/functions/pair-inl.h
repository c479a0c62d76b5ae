// Double-word arithmetic: a Pair is the unevaluated sum high + low of two
// numbers, |low| <= ulp(high) / 2, so it carries twice the host's precision.
// Sources: Dekker 1971, Knuth TAOCP 2, 4.2.2 (TwoSum); Joldes, Muller, Popescu,
// "Tight and rigorous error bounds for basic building blocks of double-word
// arithmetic", 2017. Include after a host's primitives.
#if defined(ACT_PAIR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_PAIR_INL_H_
#undef ACT_PAIR_INL_H_
#else
#define ACT_PAIR_INL_H_
#endif

#include <limits>

#include "src/functions/coefficients.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

template <class N>
struct Pair {
  N high;
  N low;
};

// A real constant, to twice the precision of the host.
template <class N>
ACT_FN Pair<N> PairOf(RealConstant c) {
  const auto high = static_cast<typename N::Real>(c.high);
  return {N::Of(c.high), N::Of((c.high - static_cast<double>(high)) + c.low)};
}

// a + b exactly, for |a| >= |b|.
template <class N>
ACT_FN Pair<N> FastTwoSum(N a, N b) {
  const N sum = a + b;
  return {sum, b - (sum - a)};
}

// a + b exactly.
template <class N>
ACT_FN Pair<N> TwoSum(N a, N b) {
  const N sum = a + b;
  const N b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

// a * b exactly.
template <class N>
ACT_FN Pair<N> TwoProduct(N a, N b) {
  const N product = a * b;
  return {product, Fma(a, b, -product)};
}

template <class N>
ACT_FN Pair<N> operator-(Pair<N> a) {
  return {-a.high, -a.low};
}

template <class N>
ACT_FN Pair<N> operator+(Pair<N> a, N b) {
  const Pair<N> sum = TwoSum(a.high, b);
  return FastTwoSum(sum.high, sum.low + a.low);
}

// Accurate relative to the larger operand, and to the sum where the signs agree.
template <class N>
ACT_FN Pair<N> operator+(Pair<N> a, Pair<N> b) {
  const Pair<N> sum = TwoSum(a.high, b.high);
  return FastTwoSum(sum.high, sum.low + (a.low + b.low));
}

template <class N>
ACT_FN Pair<N> operator*(Pair<N> a, N b) {
  const N product = a.high * b;
  return FastTwoSum(product, Fma(a.low, b, Fma(a.high, b, -product)));
}

template <class N>
ACT_FN Pair<N> operator*(Pair<N> a, Pair<N> b) {
  const N product = a.high * b.high;
  const N error = Fma(a.high, b.high, -product);
  return FastTwoSum(product, Fma(a.high, b.low, Fma(a.low, b.high, error)));
}

// a b + c, of one word rounded once.
template <class N>
ACT_FN N TimesPlus(N a, N b, N c) {
  return Fma(a, b, c);
}

template <class N>
ACT_FN Pair<N> TimesPlus(Pair<N> a, N b, Pair<N> c) {
  return a * b + c;
}

template <class N>
ACT_FN Pair<N> TimesPlus(Pair<N> a, Pair<N> b, Pair<N> c) {
  return a * b + c;
}

// One division: the quotient is corrected by its own remainder.
template <class N>
ACT_FN Pair<N> operator/(Pair<N> a, Pair<N> b) {
  const N reciprocal = N::Of(1) / b.high;
  const N quotient = a.high * reciprocal;
  const N remainder = Fma(-quotient, b.high, a.high) + Fma(-quotient, b.low, a.low);
  return FastTwoSum(quotient, remainder * reciprocal);
}

// Whether there is a number beside the high part: not where that is zero, which
// keeps its sign, nor where it is infinite.
template <class N>
ACT_FN typename N::Mask IsOrdinary(Pair<N> a) {
  const N size = Abs(a.high);
  return (N::Of(0) < size) & (size < N::Of(std::numeric_limits<double>::infinity()));
}

// A value as one number.
template <class N>
ACT_FN N Rounded(N a) {
  return a;
}

template <class N>
ACT_FN N Rounded(Pair<N> a) {
  return Select(IsOrdinary(a), a.high + a.low, a.high);
}

template <class N>
ACT_FN Pair<N> Select(typename N::Mask mask, Pair<N> a, Pair<N> b) {
  return {Select(mask, a.high, b.high), Select(mask, a.low, b.low)};
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_PAIR_INL_H_
