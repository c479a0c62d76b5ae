// Elementary functions of vectors of doubles, right to kElementaryError relative:
// what double_double-inl.h and elementary-inl.h do in pairs, in short. Errors that
// are stated are of the formula and its roundings together, u = 2^-53; the bound
// claimed leaves room for four times as much. Included once a target.
#if defined(ACT_BOUNDED_ELEMENTARY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_BOUNDED_ELEMENTARY_INL_H_
#undef ACT_BOUNDED_ELEMENTARY_INL_H_
#else
#define ACT_BOUNDED_ELEMENTARY_INL_H_
#endif

#include <cstdint>

#include "tests/accuracy/elementary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

constexpr double kElementaryError = 0x1p-45;

// Beyond +-this exponentials are cut off, as those of double-doubles.
constexpr double kExpCut = 500;

constexpr double kLn2High = 0x1.62e42fefa39efp-1;
constexpr double kLn2Low = 0x1.abc9e3b39803fp-56;

// c(first) + c(first + 1) x + ... + c(last) x^(last - first).
template <class Coefficient>
HWY_INLINE V Polynomial(Coefficient c, int first, int last, V x) {
  V sum = Of(c(last));
  for (int i = last - 1; i >= first; --i) sum = Fma(sum, x, Of(c(i)));
  return sum;
}

constexpr double OverFactorial(int i) {
  double factorial = 1;
  for (int k = 2; k <= i; ++k) factorial *= k;
  return 1 / factorial;
}

// e^x = power * (1 + rest) with a power of two, |x| <= kExpCut.
struct BinaryExp {
  V power;
  V rest;
};

// Of Taylor's series with |r| < 0.3467 the rest is below 2^-52; r is wrong by u/2.
HWY_INLINE BinaryExp SplitExp(V x) {
  const Rounded k = RoundProduct(x, 1 / kLn2High);
  const V r = Fma(k.value, Of(-kLn2Low), Fma(k.value, Of(-kLn2High), x));
  const V series = Polynomial(OverFactorial, 1, 12, r);
  const VI one = OfInt(std::bit_cast<int64_t>(1.0));
  const V power = hn::BitCast(D(), hn::Add(hn::ShiftLeft<52>(k.integer), one));
  return {power, hn::Mul(r, series)};
}

HWY_INLINE V Clamp(V x, double most) { return hn::Min(hn::Max(x, Of(-most)), Of(most)); }

// To 2^-50.
HWY_INLINE V ExpOf(V x) {
  const BinaryExp e = SplitExp(Clamp(x, kExpCut));
  return Fma(e.power, e.rest, e.power);
}

// To 2^-49: where power is 1, `rest` is the result, and else it is at most 1.5 times
// the result.
HWY_INLINE V Expm1Of(V x) {
  const BinaryExp e = SplitExp(Clamp(x, kExpCut));
  return Fma(e.power, e.rest, hn::Sub(e.power, Of(1)));
}

// For x > -1, to 2^-49. 1 + x = 2^k m with m between the roots of 1/2 and 2; log m =
// 2 artanh(s), s = f / (2 + f), |s| < 0.172, whose series is cut at 2^-54 of it. f = m -
// 1, which is x itself where k is 0; else the sum is above 0.34 and its terms below
// 1.1 times that.
HWY_INLINE V Log1pOf(V x) {
  const V sum = hn::Add(Of(1), x);
  const VI offset =
      hn::Sub(hn::BitCast(DI(), sum), OfInt(std::bit_cast<int64_t>(0x1.6a09e667f3bcdp-1)));
  const VI exponent = hn::And(offset, OfInt(~int64_t{0} << 52));
  constexpr double kShift = 0x1.8p52;
  const V k = hn::Sub(hn::BitCast(D(), hn::Add(hn::ShiftRight<52>(exponent),
                                               OfInt(std::bit_cast<int64_t>(kShift)))),
                      Of(kShift));
  const V m = hn::BitCast(D(), hn::Sub(hn::BitCast(DI(), sum), exponent));
  const V f = hn::IfThenElse(hn::Eq(k, hn::Zero(D())), x, hn::Sub(m, Of(1)));
  const V s = hn::Div(f, hn::Add(f, Of(2)));
  const V square = hn::Mul(s, s);
  const V series = Polynomial([](int i) { return 1.0 / (2 * i + 1); }, 1, 10, square);
  const V twice = hn::Add(s, s);
  const V log_m = Fma(hn::Mul(twice, square), series, twice);
  return Fma(k, Of(kLn2High), log_m);
}

// To 2^-48; from 22 on tanh is 1 to 2^-63.
HWY_INLINE V TanhOf(V x) {
  const V size = hn::Min(hn::Abs(x), Of(22));
  const V e = Expm1Of(hn::Add(size, size));
  return hn::CopySign(hn::Div(e, hn::Add(e, Of(2))), x);
}

// For |x| < 1, to 2^-50: both series have positive terms only and are cut at 2^-59.
HWY_INLINE V TanhshrinkNear(V x) {
  const V square = hn::Mul(x, x);
  const auto above = [](int i) { return OverFactorial(2 * i + 1) * (2 * i); };
  const auto cosh = [](int i) { return OverFactorial(2 * i); };
  const V top = hn::Mul(hn::Mul(x, square), Polynomial(above, 1, 9, square));
  return hn::Div(top, Polynomial(cosh, 0, 9, square));
}

// For |x| >= 1 the difference is above 0.3 times tanh.
HWY_INLINE V TanhshrinkFar(V x) { return hn::Sub(x, TanhOf(x)); }

// ReduceErf in short: with |t| <= 2^-9 and c <= 22 the series is cut at 2^-53.
struct ErfTerms {
  VI index;
  V difference;
};

HWY_INLINE V LookupHigh(const TableOfPairs& table, VI index) {
  return hn::GatherIndex(D(), &table[0].hi, hn::ShiftLeft<1>(index));
}

HWY_INLINE ErfTerms ErfTermsOf(V size) {
  const V a = hn::Min(size, Of(kErfMost));
  const Rounded n = RoundProduct(a, kErfStepsPerUnit);
  const V c = hn::Mul(n.value, Of(1.0 / kErfStepsPerUnit));
  const V t = hn::Sub(a, c);  // exact
  const V linear = hn::Mul(hn::Mul(t, c), Of(-2));
  const V square = hn::Mul(hn::Mul(t, t), Of(-2));
  V before = Of(1);
  V term = linear;
  V sum = hn::Zero(D());
  for (int k = 1; k < 11; ++k) {
    const V factor = Of(1.0 / (k + 1));
    sum = Fma(term, factor, sum);
    const V next = hn::Mul(Fma(linear, term, hn::Mul(square, before)), factor);
    before = term;
    term = next;
  }
  const V slope = hn::Mul(LookupHigh(TheErfTable().slope, n.integer), t);
  return {n.integer, Fma(slope, sum, slope)};
}

// To 2^-50: the two terms are below three times the result.
HWY_INLINE V ErfOf(V x) {
  const ErfTerms terms = ErfTermsOf(hn::Abs(x));
  const V size = hn::Add(LookupHigh(TheErfTable().erf, terms.index), terms.difference);
  return hn::CopySign(size, x);
}

// To 2^-50: the second term is below a tenth of the first.
HWY_INLINE V ErfcOf(V x) {
  const ErfTerms terms = ErfTermsOf(hn::Abs(x));
  const V upper = hn::Sub(LookupHigh(TheErfTable().erfc, terms.index), terms.difference);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(D())), hn::Sub(Of(2), upper), upper);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#endif  // ACT_BOUNDED_ELEMENTARY_INL_H_
