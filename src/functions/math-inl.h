// The mathematics under the activation functions: exponentials, the logistic
// tail, Mills' ratio. Written once for every grade (grades-inl.h) on the host's
// primitives. Include after a host's primitives.
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
// it lies beyond the normal numbers. Near 1 no step is needed, and with it
// dy * mantissa could overflow although the result does not.
template <class N>
struct Steps {
  N rest;
  N step;
};

template <class N>
ACT_FN Steps<N> StepsOf(N exponent) {
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

// x * s, right wherever the product is representable, although s alone may not
// be.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Times(N x, Scaled<G> s) {
  if constexpr (G::kWide) {
    return Times(x, s.mantissa);
  } else if constexpr (kInPairs<G>) {
    const Steps<N> steps = StepsOf(s.exponent);
    const Pair<N> mantissa = {s.mantissa.high * steps.rest, s.mantissa.low * steps.rest};
    const Pair<N> product = Times(x * steps.step, mantissa);
    return {(Rounded(product) * steps.step) * steps.step, N::Of(0)};
  } else {
    // As much of the power as keeps the factor normal, then the product, then
    // the rest: nothing overflows or is rounded twice by it.
    const N near = Within(s.exponent, 64);
    return Scale(x * Scale(s.mantissa, near), s.exponent - near);
  }
}

// The value itself; what lies below the least normal number is lost.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Value(Scaled<G> s) {
  if constexpr (G::kWide) {
    return s.mantissa;
  } else if constexpr (kInPairs<G>) {
    const Steps<N> steps = StepsOf(s.exponent);
    const N scale = steps.rest * (steps.step * (steps.step * steps.step));
    return {s.mantissa.high * scale, s.mantissa.low * scale};
  } else {
    return Scale(s.mantissa, s.exponent);
  }
}

// c[0] + c[1] x + ... by Horner's rule, from coefficient `first` on.
template <class N, size_t kTerms>
ACT_FN N Polynomial(const RealConstant (&c)[kTerms], N x, size_t first = 0) {
  N value = N::Of(c[kTerms - 1].high);
  for (size_t i = kTerms - 1; i-- > first;) value = Fma(value, x, N::Of(c[i].high));
  return value;
}

// The same with the grade's words. In Pairs |x| <= 1 and only the last steps
// are carried in both, so that the rounding of one coefficient is all that is
// left.
template <class G, size_t kTerms>
ACT_FN ValueOf<G> PolynomialIn(const RealConstant (&c)[kTerms], ValueOf<G> x) {
  if constexpr (kInPairs<G>) {
    constexpr size_t kPairSteps = G::kPairSteps < kTerms ? G::kPairSteps : kTerms - 1;
    using N = NumberOf<G>;
    auto value = Constant<Pair<N>>(c[kTerms - 1]);
    if constexpr (kPairSteps < kTerms - 1) value = {Polynomial(c, x.high, kPairSteps), N::Of(0)};
    for (size_t i = kPairSteps; i-- > 0;) value = PairOf<N>(c[i]) + value * x;
    return value;
  } else {
    return Polynomial(c, x);
  }
}

// The grade's own polynomial of four for one function.
template <class G, size_t kFast, size_t kQuick, size_t kCareful, size_t kCertain>
ACT_FN ValueOf<G> PolynomialOf(const RealConstant (&fast)[kFast],
                               const RealConstant (&quick)[kQuick],
                               const RealConstant (&careful)[kCareful],
                               const RealConstant (&certain)[kCertain], ValueOf<G> x) {
  if constexpr (kIsFast<G>)
    return PolynomialIn<G>(fast, x);
  else if constexpr (kIsQuick<G>)
    return PolynomialIn<G>(quick, x);
  else if constexpr (kIsCertain<G>)
    return PolynomialIn<G>(certain, x);
  else
    return PolynomialIn<G>(careful, x);
}

// e^y = power * 2^exponent * (1 + remainder). A Quick power is a multiple of
// 2^(1/16) from a table and the exponent 0; else the power is 1.
template <class G>
struct ExpParts {
  NumberOf<G> power;
  NumberOf<G> exponent;
  ValueOf<G> remainder;
};

// Cody and Waite's reduction y = k * ln 2 + r, or in sixteenths of ln 2, then a
// polynomial in r. For |y| < 210, and < 1600 in a Careful double; y in one word
// or two.
template <class G, class A>
ACT_FN ExpParts<G> ReduceExp(A y) {
  using N = NumberOf<G>;
  if constexpr (kIsQuick<G>) {
    const N shifted = Fma(High(y), N::Of(kSixteenLog2E.high), RoundingShift<N>());
    const N r = Fma(RoundingShift<N>() - shifted, N::Of(kLn2Sixteenth.high), y);
    const N remainder = Fma(r * r, Polynomial(kExpRemainderQuick, r), r);
    return {TableExp2(shifted), N::Of(0), remainder};
  } else {
    const N shifted = Fma(High(y), N::Of(kLog2E.high), RoundingShift<N>());
    const N n = shifted - RoundingShift<N>();
    const N minus_n = RoundingShift<N>() - shifted;
    if constexpr (kIsFast<G>) {
      const N leading = Fma(minus_n, N::Of(kLn2HighFast.high), High(y));  // exact
      N r = Fma(minus_n, N::Of(kLn2LowFast.high), leading);
      if constexpr (!std::is_same_v<A, N>) r = r + y.low;
      return {N::Of(1), n, Fma(r * r, Polynomial(kExpRemainderFast, r), r)};
    } else {
      const N leading = Fma(minus_n, N::Of(kLn2HighCareful.high), High(y));  // exact
      const Pair<N> low = PairOf<N>(kLn2LowCareful) * minus_n;
      const Pair<N> r = TwoSum(leading, Low(y)) + low;
      const Pair<N> q = PolynomialOf<G>(kExpRemainderFast, kExpRemainderQuick, kExpRemainderCareful,
                                        kExpRemainderCertain, r);
      return {N::Of(1), n, r + r * r * q};
    }
  }
}

template <class N>
ACT_FN N OnePlus(N z) {
  return N::Of(1) + z;
}

// For |z| <= 1.
template <class N>
ACT_FN Pair<N> OnePlus(Pair<N> z) {
  const Pair<N> sum = FastTwoSum(N::Of(1), z.high);
  return FastTwoSum(sum.high, sum.low + z.low);
}

// e^y.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> Exp(ExpParts<G> e) {
  if constexpr (kIsQuick<G>) {
    return {Fma(e.power, e.remainder, e.power), e.exponent};
  } else if constexpr (kIsCertain<G>) {
    const Pair<N> m = OnePlus(e.remainder);
    const N power = PowerOfTwo(e.exponent);
    return {{m.high * power, m.low * power}, e.exponent};
  } else {
    return {OnePlus(e.remainder), e.exponent};
  }
}

// 2^n as a term of a sum with a number of about 1: what is nothing beside that
// may be any number below 2^-100.
template <class N>
ACT_FN N SmallPowerOfTwo(N n) {
  if constexpr (N::kPowersUnderflow) {
    return PowerOfTwo(n);
  } else {
    return PowerOfTwo(Max(n, N::Of(sizeof(typename N::Real) == 4 ? -120 : -400)));
  }
}

// e^y + c for a power of two c or its negative; for c = -1 accurate relative to
// itself near y = 0 too. What is nothing beside c may be lost.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> ExpPlus(ExpParts<G> e, N c) {
  if constexpr (kIsQuick<G>) {
    return Fma(e.power, e.remainder, e.power + c);
  } else {
    const N power = SmallPowerOfTwo(e.exponent);
    if constexpr (kIsFast<G>) {
      return Fma(power, e.remainder, power + c);
    } else {
      const Pair<N> scaled = {power * e.remainder.high, power * e.remainder.low};
      return TwoSum(c, power) + scaled;
    }
  }
}

// e^y - 1.
template <class G>
ACT_FN ValueOf<G> Expm1(ExpParts<G> e) {
  return ExpPlus(e, NumberOf<G>::Of(-1));
}

// a where a < limit, else limit: also for inf, NaN and a Pair whose high part
// overflowed.
template <class N>
ACT_FN N AtMost(N a, double limit) {
  return Min(a, N::Of(limit));
}

template <class N>
ACT_FN Pair<N> AtMost(Pair<N> a, double limit) {
  const auto inside = a.high < N::Of(limit);
  return {Select(inside, a.high, N::Of(limit)), Select(inside, a.low, N::Of(0))};
}

// The number from which on e^-a times the greatest finite result is zero.
template <class G>
inline constexpr double kDecayLimit = !G::kWide && kInPairs<G> ? 1500 : 205;
// The number from which on e^(-a^2 / 2) times it is.
template <class G>
inline constexpr double kNormalLimit = !G::kWide && kInPairs<G> ? 54.2 : 20;
// The number from which on e^(-a^2) times it is.
template <class G>
inline constexpr double kSquareLimit = kNormalLimit<G> / 1.4142;
// Below this the first terms of a series are all, and a Pair would lose them
// beside a constant, although the rounding of a tie depends on them.
inline constexpr double kTiny = 0x1p-50;

// a - root, for a in one word or two.
template <class G, class A>
ACT_FN ArgumentOf<G> Distance(A a, RealConstant root) {
  using N = NumberOf<G>;
  if constexpr (kIsQuick<G>) {
    return (a - N::Of(root.high)) - N::Of(root.low);
  } else {
    const Pair<N> minus_root = -PairOf<N>(root);
    const Pair<N> leading = TwoSum(High(a), minus_root.high);
    return leading + Pair<N>{Low(a), minus_root.low};
  }
}

// What an exponential takes as what a formula computes with.
template <class G>
ACT_FN ValueOf<G> AsValue(ArgumentOf<G> a) {
  if constexpr (std::is_same_v<ValueOf<G>, ArgumentOf<G>>) {
    return a;
  } else {
    return High(a);
  }
}

// e^-a for a >= 0.
template <class G, class A>
ACT_FN Scaled<G> ExpMinus(A a) {
  return Exp(ReduceExp<G>(-AtMost(a, kDecayLimit<G>)));
}

// x / d without the last rounding of a sum, as Times: exact where the quotient
// is a number, and what it should be for infinite x.
template <class N>
ACT_FN N Quotient(N x, N d) {
  return x / d;
}

template <class N>
ACT_FN Pair<N> Quotient(N x, Pair<N> d) {
  const N quotient = x / d.high;
  const N rest = Fma(-quotient, d.low, Fma(-quotient, d.high, x));
  return {quotient, rest / d.high};
}

template <class N>
ACT_FN Pair<N> Quotient(Pair<N> x, N d) {
  const N quotient = x.high / d;
  return {quotient, (Fma(-quotient, d, x.high) + x.low) / d};
}

// x sigmoid(t) = x / (1 + e^-t). Where the range of e^-t = m 2^n is not enough
// it is (x / (2 m + 2^(1 - n))) 2^(1 - n) for n > 0, and nothing overflows.
template <class G, class A>
ACT_FN ValueOf<G> Gated(NumberOf<G> x, A t) {
  using N = NumberOf<G>;
  ExpParts<G> e = ReduceExp<G>(Within(-t, kDecayLimit<G>));
  if constexpr (kIsQuick<G> || kIsCertain<G>) {
    return Quotient(x, ExpPlus(e, N::Of(1)));
  } else {
    const N down = Min(N::Of(1) - e.exponent, N::Of(0));
    const N one = SmallPowerOfTwo(down);
    e.exponent = e.exponent + down;
    if constexpr (kInPairs<G>) {
      const ValueOf<G> d = ExpPlus(e, one);
      return Times(x, Scaled<G>{Pair<N>{N::Of(1), N::Of(0)} / d, down});
    } else {
      // The greatest of three terms last: one rounding that counts.
      const N power = SmallPowerOfTwo(e.exponent);
      const N rest = Fma(power, e.remainder, Min(power, one));
      return Scale(x / (Max(power, one) + rest), down);
    }
  }
}

// sigmoid'(a) = z / (1 + z)^2 with z = e^-a, for a >= 0.
template <class G, class A>
ACT_FN Scaled<G> LogisticSlope(A a) {
  using N = NumberOf<G>;
  const Scaled<G> z = ExpMinus<G>(a);
  const ValueOf<G> one_plus_z = OnePlus(Value(z));
  const Scaled<G> slope = z / (one_plus_z * one_plus_z);
  if constexpr (kIsCertain<G>) {
    const N size = High(a);
    const Pair<N> series = {N::Of(0.25), N::Of(-1.0 / 16) * size * size};
    return Select(size < N::Of(kTiny), Unscaled<G>(series), slope);
  } else {
    return slope;
  }
}

// 1/2 - slope * a for tiny a, else what was computed.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> HalfLess(N a, RealConstant slope, Scaled<G> computed) {
  if constexpr (kInPairs<G>) {
    const Pair<N> series = {N::Of(0.5), N::Of(-slope.high) * a};
    return Select(a < N::Of(kTiny), Unscaled<G>(series), computed);
  } else {
    return computed;
  }
}

// y * 2 - 1 of a value in [0, 1].
template <class N>
ACT_FN N Centred(N y) {
  return Fma(y, N::Of(2), N::Of(-1));
}

template <class N>
ACT_FN Pair<N> Centred(Pair<N> y) {
  return Pair<N>{y.high + y.high, y.low + y.low} + N::Of(-1);
}

// log(1 + z) / z for 0 <= z <= 1.
template <class G>
ACT_FN ValueOf<G> Log1pOver(ValueOf<G> z) {
  return PolynomialOf<G>(kLog1pUnitFast, kLog1pUnitQuick, kLog1pUnitCareful, kLog1pUnitCertain,
                         Centred(z));
}

// log(1 + x) for finite x > -1: 1 + x = 2^k (1 + f) with |f| <= 1/3, where f is
// x itself for k = 0.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Log1p(N x) {
  using V = ValueOf<G>;
  const N k = Exponent((x + N::Of(1)) * N::Of(0.75)) + N::Of(1);
  // 2^-k may be below the normal numbers, two halves of it are not.
  const N half = RoundProduct(k, {0.5, 0});
  const N power = PowerOfTwo(-half);
  const N other = PowerOfTwo(half - k);
  const V f = Sum<V>(x * power * other, Fma(power, other, N::Of(-1)));
  const V near = f * PolynomialOf<G>(kLog1pNearFast, kLog1pNearQuick, kLog1pNearCareful,
                                     kLog1pNearCertain, f * N::Of(3));
  return Constant<V>(kLn2) * k + near;
}

// For 0 <= a: e^(-a^2/2), and u = (a - 4) / (a + 4) with 1 / (a + 4), in which
// the functions around the normal distribution are polynomials.
template <class G>
struct NormalParts {
  ValueOf<G> u;
  ValueOf<G> reciprocal;
  Scaled<G> density;
};

template <class G, class N = NumberOf<G>>
ACT_FN NormalParts<G> ReduceNormal(N a) {
  using V = ValueOf<G>;
  const N clamped = AtMost(a, kNormalLimit<G>);
  const auto exponent = Product<ArgumentOf<G>>(clamped * N::Of(-0.5), clamped);
  const V reciprocal = Exactly<V>(N::Of(1)) / Sum<V>(clamped, N::Of(4));
  return {Sum<V>(clamped, N::Of(-4)) * reciprocal, reciprocal, Exp(ReduceExp<G>(exponent))};
}

// Phi(-a) for a >= 0, the upper tail of the normal distribution: the density
// times Mills' ratio, whose product with a + 4 is smooth up to infinity. The
// substitution u is that of Shepherd and Laframboise, Math. Comp. 36 (1981).
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> NormalTail(N a) {
  const NormalParts<G> parts = ReduceNormal<G>(a);
  const ValueOf<G> mills = PolynomialOf<G>(kMillsScaledFast, kMillsScaledQuick, kMillsScaledCareful,
                                           kMillsScaledCertain, parts.u);
  return HalfLess<G>(a, kNormalDensityAtZero, parts.density * (mills * parts.reciprocal));
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_MATH_INL_H_
