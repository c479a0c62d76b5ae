// The mathematics under the activation functions: decaying exponentials, the logistic
// tail, logarithms, Mills' ratio. Written once for every grade (grades-inl.h) on the host's
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

#include "src/functions/exp-inl.h"
#include "src/functions/polynomial-inl.h"
#include "src/functions/scaled-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// a where a < limit, else limit: also for inf and NaN.
template <class N>
ACT_FN N AtMost(N a, double limit) {
  return Min(a, N::Of(limit));
}

// The number from which on a e^-a times the greatest product of two finite numbers is zero, in FAST
// times the greatest number.
template <class G>
inline constexpr double kDecayLimit = G::kWide      ? 288
                                      : kInPairs<G> ? 2200
                                                    : 205;
// The number from which on a e^(-a^2 / 2) times that is. Of pairs the fits end at 55 and lose some
// bits beyond; only a product of large factors, of a gated unit, is not zero there.
template <class G>
inline constexpr double kNormalLimit = G::kWide      ? 23.9
                                       : kInPairs<G> ? 66.4
                                                     : 19.9;
// The number from which on e^(-a^2) times that is.
template <class G>
inline constexpr double kSquareLimit = kNormalLimit<G> / 1.4142;
// Below this the first terms of a series are all, and a Pair would lose them
// beside a constant, although the rounding of a tie depends on them.
inline constexpr double kTiny = 0x1p-50;

// a - root, for a in one word or two. Of values in two words right to 2^-53 of the least that
// may be left of it: what is next to a root is as right as its distance.
template <class G, class A>
ACT_FN ValueOf<G> Distance(A a, RealRoot root) {
  using N = NumberOf<G>;
  if constexpr (kIsQuick<G>) {
    return (a - N::Of(root.high)) - N::Of(root.low);
  } else if constexpr (kIsFast<G>) {
    const Pair<N> minus_root = -PairOf<N>(root);
    return (High(a) + minus_root.high) + (Low(a) + minus_root.low);
  } else {
    static_assert(sizeof(typename N::Real) == 8);
    Pair<N> rest = {N::Of(-root.low), N::Of(-root.lowest)};
    if constexpr (!std::is_same_v<A, N>) {
      // Both may be one number, but for their last bits.
      rest = TwoSum(a.low, rest.high);
      rest.low = rest.low - N::Of(root.lowest);
    }
    return TwoSum(High(a), N::Of(-root.high)) + rest;
  }
}

// x + root in FAST as an unevaluated sum. Its second word keeps what a rounding takes: of a
// gradient with any dy each of them may cost a whole unit in the last place. An x below the
// root's size may leave one to it.
template <class N>
ACT_FN Pair<N> AboveMinusRoot(N x, RealRoot root) {
  const Pair<N> from = PairOf<N>(root);
  const Pair<N> sum = FastTwoSum(x, from.high);
  return FastTwoSum(sum.high, sum.low + from.low);
}

// e^-a for 0 <= a <= kDecayLimit.
template <class G, class A>
ACT_FN Scaled<G> ExpMinus(A a) {
  return Exp(ReduceExp<G>(-a));
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
ACT_FN Pair<N> Quotient(Pair<N> x, Pair<N> d) {
  const N quotient = x.high / d.high;
  const N rest = Fma(-quotient, d.high, x.high) + Fma(-quotient, d.low, x.low);
  return {quotient, rest / d.high};
}

template <class N>
ACT_FN Pair<N> Quotient(Pair<N> x, N d) {
  const N quotient = x.high / d;
  return {quotient, (Fma(-quotient, d, x.high) + x.low) / d};
}

// x sigmoid(t) = x / (1 + e^-t) for |t| <= kDecayLimit. Where the range of e^-t = m 2^n is not
// enough it is (x / (2 m + 2^(1 - n))) 2^(1 - n) for n > 0, and nothing overflows. Unless x may be
// any weight it is one or, where it is tiny, t is so too, and in floats 1 + e^-t two.
template <class G, bool kAnyWeight = false, class W, class A>
ACT_FN ValueOf<G> TimesLogistic(W x, A t) {
  using N = NumberOf<G>;
  ExpParts<G> e = ReduceExp<G>(-t);
  if constexpr (G::kWide) {
    return Quotient(x, ExpPlus(e, N::Of(1)));
  } else if constexpr (kInPairs<G>) {
    const N down = Min(N::Of(1) - e.exponent, N::Of(0));
    e.exponent = e.exponent + down;
    const ValueOf<G> d = ExpPlus(e, SmallPowerOfTwo(down));
    return Times(x, Scaled<G>{Pair<N>{N::Of(1), N::Of(0)} / d, down});
  } else {
    // The same divided by 2^n for n > 0: 1 + 2^-|n| + remainder, or that times
    // 2^n. The greatest of three terms comes last: one rounding that counts.
    const N less = SmallPowerOfTwo(-Abs(e.exponent));
    const N power = Select(N::Of(0) < e.exponent, N::Of(1), less);
    const N d = N::Of(1) + Fma(power, e.remainder, less);
    const N half = x * N::Of(0.5);
    const N quotient = kAnyWeight ? half / d : Ratio(half, d);
    return Scale(quotient, Min(N::Of(1) - e.exponent, N::Of(1)));
  }
}

// sigmoid(-a) for 0 <= a <= kDecayLimit.
template <class G, class A>
ACT_FN Scaled<G> LogisticTail(A a) {
  using N = NumberOf<G>;
  if constexpr (kIsFast<G>) {
    // 2^-n / (1 + 2^-n + remainder) with e^a = 2^n (1 + remainder).
    const ExpParts<G> e = ReduceExp<G>(a);
    const N near = Max(-e.exponent, N::Of(-64));
    const N power = PowerOfTwo(near);
    return {Ratio(power, N::Of(1) + (power + e.remainder)), -e.exponent - near};
  } else {
    const Scaled<G> z = ExpMinus<G>(a);
    return z / OnePlus(Term(z));
  }
}

// sigmoid'(a) = z / (1 + z)^2 with z = e^-a, for 0 <= a <= kDecayLimit.
template <class G, class A>
ACT_FN Scaled<G> LogisticSlope(A a) {
  using N = NumberOf<G>;
  if constexpr (kIsFast<G>) {
    // As s (1 - s), where s is tiny just s.
    const Scaled<G> s = LogisticTail<G>(a);
    return {Fma(-s.mantissa, s.mantissa, s.mantissa), s.exponent};
  }
  const Scaled<G> z = ExpMinus<G>(a);
  const ValueOf<G> one_plus_z = OnePlus(Term(z));
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

// 2 y / end - 1 of a value in [0, end].
template <class N>
ACT_FN N Centred(N y, double end = 1) {
  return Fma(y, N::Of(2 / end), N::Of(-1));
}

// Of two words in [0, 1].
template <class N>
ACT_FN Pair<N> Centred(Pair<N> y) {
  return Pair<N>{y.high + y.high, y.low + y.low} + N::Of(-1);
}

// log(1 + z) for 0 <= z <= 1 in doubles, as 2 artanh(z / (2 + z)): a division and a polynomial of
// half as many terms, which is less than a table where z has its own exponential before.
template <class N>
ACT_FN N Log1pOfUnit(N z) {
  const N s = z / Fma(z, N::Of(0.5), N::Of(1));
  return s * EvenAndOdd(kArtanhQuick, s * s);
}

// log(1 + z) / z for 0 <= z <= 1, in two words.
template <class G>
ACT_FN ValueOf<G> Log1pOver(ValueOf<G> z) {
  return PolynomialOf<G>(kLog1pUnitCareful, kLog1pUnitCertain, Centred(z));
}

// x 2^-k + (2^-k - 1), for -k in the range of exponents. Exact but for its sum up to k = 53; from
// there on it lacks 2^-k, which is below 2^-59 of the logarithm, k ln 2 and more, and on which no
// result of f32 hangs, as whole sweeps say.
template <class V, class N>
ACT_FN V OnePlusScaledLessOne(N x, N k) {
  if constexpr (N::kPowersUnderflow) {
    const N power = PowerOfTwo(-k);
    return Sum<V>(x * power, power + N::Of(-1));
  } else {
    // 2^-k may be below the normal numbers, two halves of it are not.
    const N half = RoundProduct(k, {0.5, 0});
    const N power = PowerOfTwo(-half);
    const N other = PowerOfTwo(half - k);
    return Sum<V>(x * power * other, Fma(power, other, N::Of(-1)));
  }
}

// log(1 + x) for finite x > -1 in doubles: of 1 + x = 2^k c (1 + f), with c from a table, it is
// k ln 2 + log(c) + log(1 + f). Around zero k = 0 and c = 1, so that f is x itself.
template <class N>
ACT_FN N Log1pByTable(N x) {
  const N y = x + N::Of(1);
  const N inverse = NearInverse(y);
  const N f = Fma(x, inverse, inverse - N::Of(1));
  const N leading = Fma(NearExponent(y), N::Of(kLn2.high), NearLog(y));
  return Fma(f, Polynomial(kLog1pQuick, f), leading);
}

// log(1 + x) for finite x > -1: 1 + x = 2^k (1 + f) with |f| <= 1/3, where f is
// x itself for k = 0.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Log1p(N x) {
  if constexpr (kIsQuick<G>) {
    return Log1pByTable(x);
  } else {
    using V = ValueOf<G>;
    const N k = Exponent((x + N::Of(1)) * N::Of(0.75)) + N::Of(1);
    const V f = OnePlusScaledLessOne<V>(x, k);
    const V u = f * N::Of(3);
    if constexpr (kIsFast<G>) {
      // The greatest terms come last, and the first coefficient is as good as one.
      const N near = Fma(f * u, EvenAndOdd(kLog1pNearFast, u, 1), f);
      return Fma(k, N::Of(kLn2HighFast.high), Fma(k, N::Of(kLn2LowFast.high), near));
    } else {
      const V near = f * PolynomialOf<G>(kLog1pNearCareful, kLog1pNearCertain, u);
      return TimesPlus(Constant<V>(kLn2), k, near);
    }
  }
}

// e^(-a^2/2) for 0 <= a <= kNormalLimit.
template <class G, class N = NumberOf<G>>
ACT_FN ExpParts<G> NormalExponent(N a) {
  if constexpr (kIsQuick<G>) {
    // As ReduceExp(), but for t = -2 r, which saves a product; and nobody takes one from it.
    const N square = a * a;
    const N shifted = Fma(square, N::Of(kSixteenLog2E.high / -2), RoundingShift<N>());
    const N t = Fma(shifted - RoundingShift<N>(), N::Of(2 * kLn2Sixteenth.high), square);
    return {TableExp2(shifted), N::Of(0), Polynomial(kNormalRemainderQuick, t) * t};
  } else {
    return ReduceExp<G>(Product<ArgumentOf<G>>(a * N::Of(-0.5), a));
  }
}

// For the same a: e^(-a^2/2), and u = (a - 4) / (a + 4) with 1 / (a + 4), in which
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
  const V reciprocal = Exactly<V>(N::Of(1)) / Sum<V>(a, N::Of(4));
  const Scaled<G> density = Exp(NormalExponent<G>(a));
  if constexpr (kIsQuick<G>) {
    // The same u, as 1 - 8 / (a + 4).
    return {Fma(reciprocal, N::Of(-8), N::Of(1)), reciprocal, density};
  } else {
    return {Sum<V>(a, N::Of(-4)) * reciprocal, reciprocal, density};
  }
}

// Phi(-a) for 0 <= a <= kNormalLimit, the upper tail of the normal distribution: the density
// times Mills' ratio, whose product with a + 4 is smooth up to infinity. The
// substitution u is that of Shepherd and Laframboise, Math. Comp. 36 (1981).
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> NormalTail(N a, const NormalParts<G>& parts) {
  const ValueOf<G> mills =
      PolynomialOf<G>(kMillsScaledQuick, kMillsScaledCareful, kMillsScaledCertain, parts.u);
  return HalfLess<G>(a, kNormalDensityAtZero, parts.density * (mills * parts.reciprocal));
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_MATH_INL_H_
