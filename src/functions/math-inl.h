// The mathematics under the activation functions: exponentials, the logistic
// tail, Mills' ratio. Written once on the host's primitives, so every host
// gives the same bits, and on Pairs, so results are within about 0.51 ULP of the
// compute type before the last rounding. Include after a host's primitives.
//
// Two ideas carry it. Everything that decays is computed for an argument a >= 0
// and kept as a Scaled value, because e^-a leaves the normal range long before
// x * e^-a or dy * e^-a does. And whatever has a root is written as a product
// with the distance to that root, because near it a difference has no correct
// bits.
#if defined(ACT_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_MATH_INL_H_
#undef ACT_MATH_INL_H_
#else
#define ACT_MATH_INL_H_
#endif

#include <cstddef>

#include "src/functions/coefficients.h"
#include "src/functions/pair-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

template <class N>
inline constexpr bool kIsFloat = sizeof(typename N::Real) == 4;

// A value mantissa * step^3 whose size may lie far below the least normal.
template <class N>
struct Scaled {
  Pair<N> mantissa;
  N step;  // a power of two, at most 1
};

// x * s, rounded once; correct wherever the product is representable, although s
// alone may not be.
template <class N>
ACT_FN N Times(N x, Scaled<N> s) {
  return RoundProduct(s.mantissa, x * s.step) * (s.step * s.step);
}

// The value as a Pair; what lies below the least normal is lost.
template <class N>
ACT_FN Pair<N> Value(Scaled<N> s) {
  const N scale = s.step * (s.step * s.step);
  return {s.mantissa.high * scale, s.mantissa.low * scale};
}

// The nearest integer, ties to even, for |x| < 2^21.
template <class N>
ACT_FN N Round(N x) {
  const N magic = N::Of(kIsFloat<N> ? 0x1.8p23 : 0x1.8p52);
  return (x + magic) - magic;
}

// c[0] + c[1] x + ... by Horner's rule.
template <class N, size_t kTerms>
ACT_FN N Polynomial(const RealConstant (&c)[kTerms], N x, size_t first = 0) {
  N value = N::Of(c[kTerms - 1].high);
  for (size_t i = kTerms - 1; i-- > first;) value = Fma(value, x, N::Of(c[i].high));
  return value;
}

// The same for a Pair argument with |x| <= 1, the last three steps carried in
// Pairs, so that the rounding of one coefficient is all that is left.
template <class N, size_t kTerms>
ACT_FN Pair<N> PairPolynomial(const RealConstant (&c)[kTerms], Pair<N> x) {
  constexpr size_t kPairSteps = 3;
  Pair<N> value = {Polynomial(c, x.high, kPairSteps), N::Of(0)};
  for (size_t i = kPairSteps; i-- > 0;) value = PairOf<N>(c[i]) + value * x;
  return value;
}

// e^y = 2^exponent * (1 + remainder), |remainder| <= sqrt(2) - 1.
template <class N>
struct ExpParts {
  N exponent;
  Pair<N> remainder;
};

// Cody and Waite's reduction y = exponent * ln 2 + r, then a polynomial in r.
// Valid for |y| < 210 in float and |y| < 1600 in double.
template <class N>
ACT_FN ExpParts<N> ReduceExp(Pair<N> y) {
  const N n = Round(y.high * N::Of(kLog2E.high));
  const N ln2_high = N::Of(kIsFloat<N> ? kLn2HighFloat.high : kLn2HighDouble.high);
  const N ln2_low = N::Of(kIsFloat<N> ? kLn2LowFloat.high : kLn2LowDouble.high);
  const N leading = Fma(-n, ln2_high, y.high);  // exact
  const N rounded = Fma(-n, ln2_low, leading);
  const N error = Fma(-n, ln2_low, leading - rounded);
  const auto [r, r_low] = TwoSum(rounded, error + y.low);
  N quadratic;
  if constexpr (kIsFloat<N>) {
    quadratic = Polynomial(kExpRemainderFloat, r);
  } else {
    quadratic = Polynomial(kExpRemainderDouble, r);
  }
  const N low = Fma(r * r, quadratic, Fma(r_low, r, r_low));
  return {n, FastTwoSum(r, low)};
}

// e^y for y <= 0 as a Scaled value, in the range of ReduceExp.
template <class N>
ACT_FN Scaled<N> ScaledExp(ExpParts<N> e) {
  // Above 2^-12 no scaling is needed, and with it dy * step * mantissa could
  // overflow although the result does not.
  const auto small = e.exponent < N::Of(-12);
  const N quarter = Select(small, Round(e.exponent * N::Of(0.25)), N::Of(0));
  const N rest = e.exponent - N::Of(3) * quarter;
  const N scale = PowerOfTwo(rest);
  const Pair<N> sum = FastTwoSum(N::Of(1), e.remainder.high);
  const Pair<N> mantissa = FastTwoSum(sum.high, sum.low + e.remainder.low);
  return {{mantissa.high * scale, mantissa.low * scale}, PowerOfTwo(quarter)};
}

// e^y - 1, accurate relative to itself near y = 0 too.
template <class N>
ACT_FN Pair<N> Expm1(ExpParts<N> e) {
  // Below this e^y is nothing beside -1, and 2^n must stay a normal number.
  const N least = N::Of(kIsFloat<N> ? -60 : -120);
  const N n = Select(e.exponent < least, least, e.exponent);
  const N power = PowerOfTwo(n);
  const Pair<N> scaled = {power * e.remainder.high, power * e.remainder.low};
  return FastTwoSum(N::Of(-1), power) + scaled;
}

// a where a < limit, else limit: also for inf, NaN and a Pair whose high part
// overflowed.
template <class N>
ACT_FN Pair<N> AtMost(Pair<N> a, double limit) {
  const auto inside = a.high < N::Of(limit);
  return {Select(inside, a.high, N::Of(limit)), Select(inside, a.low, N::Of(0))};
}

// Where e^-a times the greatest finite number is zero.
template <class N>
inline constexpr double kDecayLimit = kIsFloat<N> ? 205 : 1500;

template <class N>
ACT_FN Pair<N> Decaying(Pair<N> a) {
  return AtMost(a, kDecayLimit<N>);
}

template <class N>
ACT_FN Scaled<N> operator/(Scaled<N> a, Pair<N> b) {
  return {a.mantissa / b, a.step};
}

template <class N>
ACT_FN Scaled<N> operator*(Scaled<N> a, Pair<N> b) {
  return {a.mantissa * b, a.step};
}

template <class N>
ACT_FN Pair<N> OnePlus(Pair<N> z) {
  const Pair<N> sum = FastTwoSum(N::Of(1), z.high);
  return FastTwoSum(sum.high, sum.low + z.low);
}

// sigmoid(-a) = z / (1 + z) with z = e^-a, for a >= 0.
template <class N>
ACT_FN Scaled<N> LogisticTail(Pair<N> a) {
  const Scaled<N> z = ScaledExp(ReduceExp(-Decaying(a)));
  return z / OnePlus(Value(z));
}

// sigmoid'(a) = z / (1 + z)^2 with z = e^-a, for a >= 0.
template <class N>
ACT_FN Scaled<N> LogisticSlope(Pair<N> a) {
  const Scaled<N> z = ScaledExp(ReduceExp(-Decaying(a)));
  const Pair<N> one_plus_z = OnePlus(Value(z));
  return z / (one_plus_z * one_plus_z);
}

// For 0 <= a: e^(-a^2/2), and u = (a - 4) / (a + 4) with 1 / (a + 4), in which
// the functions around the normal distribution are polynomials.
template <class N>
struct NormalParts {
  Pair<N> u;
  Pair<N> reciprocal;
  Scaled<N> density;
};

template <class N>
ACT_FN NormalParts<N> ReduceNormal(N a) {
  const N clamped = AtMost(Pair<N>{a, N::Of(0)}, kIsFloat<N> ? 20 : 54.2).high;
  const Pair<N> square = TwoProduct(clamped, clamped);
  const N minus_half = N::Of(-0.5);
  const Pair<N> exponent = {square.high * minus_half, square.low * minus_half};
  const Pair<N> one = {N::Of(1), N::Of(0)};
  const Pair<N> reciprocal = one / TwoSum(clamped, N::Of(4));
  return {TwoSum(clamped, N::Of(-4)) * reciprocal, reciprocal, ScaledExp(ReduceExp(exponent))};
}

// Phi(-a) for a >= 0, the upper tail of the normal distribution: the density
// times Mills' ratio, whose product with a + 4 is smooth up to infinity. The
// substitution u is that of Shepherd and Laframboise, Math. Comp. 36 (1981).
template <class N>
ACT_FN Scaled<N> NormalTail(N a) {
  // Near zero 1/2 - a phi(0): the polynomial would lose the sign of what is
  // beyond 1/2, on which the rounding of a tie depends.
  const N near_zero = N::Of(kIsFloat<N> ? 0x1p-13 : 0x1p-28);
  const Pair<N> linear = {N::Of(0.5), a * N::Of(-kNormalDensityAtZero.high)};
  const NormalParts<N> parts = ReduceNormal(a);
  Pair<N> mills;
  if constexpr (kIsFloat<N>) {
    mills = PairPolynomial(kMillsScaledFloat, parts.u);
  } else {
    mills = PairPolynomial(kMillsScaledDouble, parts.u);
  }
  const Scaled<N> tail = parts.density * (mills * parts.reciprocal);
  return {Select(a < near_zero, linear, tail.mantissa), tail.step};
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_MATH_INL_H_
