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

// x c with one rounding that counts, for c in two words.
template <class N>
ACT_FN N TimesWords(N x, Pair<N> c) {
  return Fma(x, c.high, x * c.low);
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
    return Scale(x * s.mantissa, s.exponent);
  }
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

// c[0] + c[1] x + ... by Horner's rule, from coefficient `first` on.
template <class N, size_t kTerms>
ACT_FN N Polynomial(const RealConstant (&c)[kTerms], N x, size_t first = 0) {
  N value = N::Of(c[kTerms - 1].high);
  for (size_t i = kTerms - 1; i-- > first;) value = Fma(value, x, N::Of(c[i].high));
  return value;
}

// The same in two halves, whose steps do not wait for each other.
template <class N, size_t kTerms>
ACT_FN N EvenAndOdd(const RealConstant (&c)[kTerms], N x, size_t first = 0) {
  const N square = x * x;
  N one = N::Of(c[kTerms - 1].high);
  N other = N::Of(c[kTerms - 2].high);
  for (size_t i = kTerms - 2; i-- > first;) {
    const N next = Fma(one, square, N::Of(c[i].high));
    one = other;
    other = next;
  }
  return Fma(one, x, other);
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
  } else if constexpr (kTerms > 6) {
    return EvenAndOdd(c, x);
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

// x where it is below a limit beyond which a table's function is constant.
template <class N>
ACT_FN N CappedAt(N x, double limit) {
  return Min(x, N::Of(limit));
}

template <class N>
ACT_FN Pair<N> CappedAt(Pair<N> x, double limit) {
  const N high = Min(x.high, N::Of(limit));
  return {high, Select(high == x.high, x.low, N::Of(0))};
}

// The polynomial of a table's entry for s in x, in one word or two, as an
// unevaluated sum of its first term and the rest.
template <int kShift, class N, class A, class Table>
ACT_FN Pair<N> InSegment(const Table& table, N s, A x) {
  constexpr size_t kTerms = sizeof(table.terms) / sizeof(table.terms[0]);
  N d = High(x) - N::template Entry<kShift>(table.center, s);
  if constexpr (!std::is_same_v<A, N>) d = d + x.low;
  N rest = N::template Entry<kShift>(table.terms[kTerms - 1], s);
  for (size_t i = kTerms - 1; i-- > 1;) {
    rest = Fma(rest, d, N::template Entry<kShift>(table.terms[i], s));
  }
  return {N::template Entry<kShift>(table.terms[0], s), rest * d};
}

// What is tabulated in segments, at a >= 0.
template <class N, size_t kTerms>
ACT_FN Pair<N> InSegments(const SegmentTable<kTerms>& table, N a) {
  return InSegment<20>(table, Fma(a, N::Of(table.stretch), N::Of(1)), a);
}

// The same of any sign; outside of the table it is some number.
template <class A, size_t kTerms>
ACT_FN auto InSegments(const UniformSegmentTable<kTerms>& table, A x) {
  using N = decltype(High(x));
  return InSegment<0>(table, Fma(High(x), N::Of(table.scale), RoundingShift<N>()), x);
}

// e^y = power * 2^exponent * (1 + remainder). A Quick power is a multiple of
// 2^(1/16) from a table and the exponent 0; else the power is 1.
template <class G>
struct ExpParts {
  NumberOf<G> power;
  NumberOf<G> exponent;
  ValueOf<G> remainder;
};

// e^r - 1 in floats for |r| <= ln(2) / 2, by Estrin's scheme: as many operations as
// Horner's, fewer of them one after another.
template <class N>
ACT_FN N ExpRemainder(N r) {
  const auto& c = kExpRemainderFast;
  const N square = r * r;
  const N low = Fma(N::Of(c[1].high), r, N::Of(c[0].high));
  const N middle = Fma(N::Of(c[3].high), r, N::Of(c[2].high));
  const N high = Fma(N::Of(c[4].high), square, middle);
  return Fma(Fma(high, square, low), square, r);
}

// Cody and Waite's reduction y = k * ln 2 + r, or in sixteenths of ln 2, then a
// polynomial in r. For |y| < 210 in floats (2^13 if the power may leave their range), < 290 in a
// wide grade, and < 1600 in a Careful double; y in one word or two.
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
    if constexpr (kIsFast<G>) {
      const N leading = Fma(n, N::Of(-kLn2HighFast.high), High(y));  // exact
      const N minus_low = N::Of(-kLn2LowFast.high);
      if constexpr (std::is_same_v<A, N>) {
        return {N::Of(1), n, ExpRemainder(Fma(n, minus_low, leading))};
      } else {
        // What is small first: one rounding that counts.
        return {N::Of(1), n, ExpRemainder(leading + Fma(n, minus_low, y.low))};
      }
    } else {
      const N leading = Fma(n, N::Of(-kLn2HighCareful.high), High(y));  // exact
      const Pair<N> low = PairOf<N>(kLn2LowCareful) * -n;
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

// What c (1 + remainder) is more than the first term of c.
template <class G, class N = NumberOf<G>>
ACT_FN N RestOfProduct(Pair<N> c, ExpParts<G> e) {
  return Fma(c.high + c.low, e.remainder, c.low);
}

// c e^y in floats, for y not much above zero and c a number or an unevaluated
// sum: the greatest term comes last, one rounding that counts.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> ExpTimes(N c, ExpParts<G> e) {
  return {Fma(c, e.remainder, c), e.exponent};
}

template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> ExpTimes(Pair<N> c, ExpParts<G> e) {
  return {c.high + RestOfProduct(c, e), e.exponent};
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

// a where a < limit, else limit: also for inf and NaN.
template <class N>
ACT_FN N AtMost(N a, double limit) {
  return Min(a, N::Of(limit));
}

// The number from which on e^-a times the greatest finite number is zero; where the
// range is wide, times the greatest product of two.
template <class G>
inline constexpr double kDecayLimit = G::kWide      ? 285
                                      : kInPairs<G> ? 1500
                                                    : 205;
// The number from which on e^(-a^2 / 2) times that is.
template <class G>
inline constexpr double kNormalLimit = G::kWide      ? 23.9
                                       : kInPairs<G> ? 54.2
                                                     : 19.9;
// The number from which on e^(-a^2) times it is.
template <class G>
inline constexpr double kSquareLimit = kNormalLimit<G> / 1.4142;
// Below this the first terms of a series are all, and a Pair would lose them
// beside a constant, although the rounding of a tie depends on them.
inline constexpr double kTiny = 0x1p-50;

// a - root, for a in one word or two.
template <class G, class A>
ACT_FN ValueOf<G> Distance(A a, RealConstant root) {
  using N = NumberOf<G>;
  if constexpr (kIsQuick<G>) {
    return (a - N::Of(root.high)) - N::Of(root.low);
  } else {
    const Pair<N> minus_root = -PairOf<N>(root);
    if constexpr (kIsFast<G>)
      return (High(a) + minus_root.high) + (Low(a) + minus_root.low);
    else
      return TwoSum(High(a), minus_root.high) + Pair<N>{Low(a), minus_root.low};
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
// enough it is (x / (2 m + 2^(1 - n))) 2^(1 - n) for n > 0, and nothing overflows.
template <class G, class A>
ACT_FN ValueOf<G> Gated(NumberOf<G> x, A t) {
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
    return Scale(x * N::Of(0.5) / d, Min(N::Of(1) - e.exponent, N::Of(1)));
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
    return {power / (N::Of(1) + (power + e.remainder)), -e.exponent - near};
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

// x 2^-k + (2^-k - 1), which is exact but for its sum, for -k in the range of exponents.
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

// log(1 + x) for finite x > -1: 1 + x = 2^k (1 + f) with |f| <= 1/3, where f is
// x itself for k = 0.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> Log1p(N x) {
  using V = ValueOf<G>;
  const N k = Exponent((x + N::Of(1)) * N::Of(0.75)) + N::Of(1);
  const V f = OnePlusScaledLessOne<V>(x, k);
  const V u = f * N::Of(3);
  if constexpr (kIsFast<G>) {
    // The greatest terms come last, and the first coefficient is as good as one.
    const N near = Fma(f * u, EvenAndOdd(kLog1pNearFast, u, 1), f);
    return Fma(k, N::Of(kLn2HighFast.high), Fma(k, N::Of(kLn2LowFast.high), near));
  } else {
    const V near = f * PolynomialOf<G>(kLog1pNearFast, kLog1pNearQuick, kLog1pNearCareful,
                                       kLog1pNearCertain, u);
    return Constant<V>(kLn2) * k + near;
  }
}

// e^(-a^2/2) for 0 <= a <= kNormalLimit.
template <class G, class N = NumberOf<G>>
ACT_FN ExpParts<G> NormalExponent(N a) {
  return ReduceExp<G>(Product<ArgumentOf<G>>(a * N::Of(-0.5), a));
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
  return {Sum<V>(a, N::Of(-4)) * reciprocal, reciprocal, Exp(NormalExponent<G>(a))};
}

// Phi(-a) for 0 <= a <= kNormalLimit, the upper tail of the normal distribution: the density
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
