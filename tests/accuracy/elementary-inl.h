// Elementary functions of vectors of double-doubles, to 2^-90 relative or better
// for results above 2^-700. By tables and Taylor's series; where the result has
// a root, by a series around that root. Included once a target.
//
// exp is cut off at +-500: beyond lie results that every storage type of at most
// 32 bits rounds to zero or infinity, times any dy. Thereby nothing overflows.
#if defined(ACT_ELEMENTARY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_ELEMENTARY_INL_H_
#undef ACT_ELEMENTARY_INL_H_
#else
#define ACT_ELEMENTARY_INL_H_
#endif

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/accuracy/double_double-inl.h"
#include "tests/accuracy/reference_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

using DI = hn::RebindToSigned<D>;
using VI = hn::Vec<DI>;

HWY_INLINE VI OfInt(int64_t value) { return hn::Set(DI(), value); }
HWY_INLINE DD Of(TwoDoubles value) { return {Of(value.hi), Of(value.lo)}; }

HWY_INLINE DD Lookup(const TableOfPairs& table, VI index) {
  const VI twice = hn::ShiftLeft<1>(index);
  const double* base = &table[0].hi;
  return {hn::GatherIndex(D(), base, twice), hn::GatherIndex(D(), base + 1, twice)};
}

// The nearest integer to x * scale, as a number and in the low bits of an
// integer; |x * scale| < 2^51.
struct Rounded {
  V value;
  VI integer;
};

HWY_INLINE Rounded RoundProduct(V x, double scale) {
  constexpr double kShift = 0x1.8p52;
  const V shifted = hn::Add(hn::Mul(x, Of(scale)), Of(kShift));
  const VI integer = hn::Sub(hn::BitCast(DI(), shifted), OfInt(std::bit_cast<int64_t>(kShift)));
  return {hn::Sub(shifted, Of(kShift)), integer};
}

// c[first] + c[first + 1] x + ... + c[last] x^(last - first): the steps from
// `middle` on in doubles, which must be small beside the rest.
template <class Coefficient>
HWY_INLINE DD Horner(Coefficient c, int first, int middle, int last, DD x) {
  V tail = Of(c(last).hi);
  for (int i = last - 1; i >= middle; --i) tail = Fma(tail, x.hi, Of(c(i).hi));
  DD sum = Exactly(tail);
  for (int i = middle - 1; i >= first; --i) sum = AddSmaller(Of(c(i)), Mul(x, sum));
  return sum;
}

// e^x = power * (1 + rest).
struct ExpParts {
  DD power;
  DD rest;
};

HWY_INLINE ExpParts ReduceExp(DD x) {
  const ExpTable& table = TheExpTable();
  x = Within(x, 500);
  const Rounded k = RoundProduct(x.hi, table.steps_over_ln2);
  const VI index = hn::And(k.integer, OfInt(kExpSteps - 1));
  const VI exponent = hn::Sub(k.integer, index);
  const V two_to_exponent = hn::BitCast(
      D(), hn::Add(hn::ShiftLeft<52 - 6>(exponent), OfInt(std::bit_cast<int64_t>(1.0))));
  static_assert(kExpSteps == 1 << 6);
  const V leading = Fma(hn::Neg(k.value), Of(table.step_high), x.hi);  // exact
  const DD r = Add(TwoSum(leading, x.lo), Neg(Mul(Of(table.step_low), k.value)));
  const auto coefficient = [&table](int i) { return table.factorials[static_cast<size_t>(i)]; };
  const DD rest = Mul(r, Horner(coefficient, 1, 6, 10, r));
  return {Scale(Lookup(table.power, index), two_to_exponent), rest};
}

HWY_INLINE DD Exp(DD x) {
  const ExpParts e = ReduceExp(x);
  return AddSmaller(e.power, Mul(e.power, e.rest));
}

HWY_INLINE DD Expm1(DD x) {
  const ExpParts e = ReduceExp(x);
  return Add(Add(e.power, Exactly(Of(-1))), Mul(e.power, e.rest));
}

// log(1 + f) = 2 artanh(f / (2 + f)) for |f| < 2^-6.
HWY_INLINE DD LogNearOne(DD f) {
  const DD s = Div(f, Add(Exactly(Of(2)), f));
  const DD square = Mul(s, s);
  const auto coefficient = [](int i) {
    const double hi = 1.0 / (2 * i + 1);
    return TwoDoubles{hi, std::fma(-hi, 2 * i + 1, 1.0) / (2 * i + 1)};
  };
  const DD series = Horner(coefficient, 1, 4, 7, square);
  const DD twice = Scale(s, Of(2));
  return AddSmaller(twice, Mul(twice, Mul(square, series)));
}

// log of `one_plus`, which is 1 + x: 2^k / c_i times a number near 1, which is
// 1 + x itself around 1.
HWY_INLINE DD LogOf(DD one_plus, DD x) {
  const LogTable& table = TheLogTable();
  const VI offset =
      hn::Sub(hn::BitCast(DI(), one_plus.hi), OfInt(std::bit_cast<int64_t>(0x1.6a09e667f3bcdp-1)));
  const VI index = hn::And(hn::ShiftRight<52 - 7>(offset), OfInt(kLogSteps - 1));
  static_assert(kLogSteps == 1 << 7);
  const VI exponent = hn::And(offset, OfInt(~int64_t{0} << 52));
  // k as a number: its bits are those of 2^52 and a half of it, less that.
  constexpr double kShift = 0x1.8p52;
  const V k = hn::Sub(hn::BitCast(D(), hn::Add(hn::ShiftRight<52>(exponent),
                                               OfInt(std::bit_cast<int64_t>(kShift)))),
                      Of(kShift));
  // 2^-k in two factors, because one may leave the range.
  const VI one = OfInt(std::bit_cast<int64_t>(1.0));
  const VI half = hn::And(hn::ShiftRight<1>(exponent), OfInt(~int64_t{0} << 52));
  const V first = hn::BitCast(D(), hn::Sub(one, half));
  const V second = hn::BitCast(D(), hn::Sub(one, hn::Sub(exponent, half)));
  const V reciprocal = hn::GatherIndex(D(), table.reciprocal.data(), index);
  const DD scaled = Mul(Scale(Scale(one_plus, first), second), reciprocal);
  const M around_one = hn::And(hn::Eq(k, hn::Zero(D())), hn::Eq(reciprocal, Of(1)));
  const DD f = Choose(around_one, x, Add(scaled, Exactly(Of(-1))));
  const DD whole = Add(Mul(Of(table.ln2), k), Lookup(table.log, index));
  return Add(whole, LogNearOne(f));
}

// -inf at the root of `argument`, NaN below it.
HWY_INLINE DD InDomain(DD argument, DD log) {
  const V zero = hn::Zero(D());
  const M inside = hn::Gt(argument.hi, zero);
  const V outside =
      hn::IfThenElse(hn::Eq(argument.hi, zero), Of(-std::numeric_limits<double>::infinity()),
                     Of(std::numeric_limits<double>::quiet_NaN()));
  return {hn::IfThenElse(inside, log.hi, outside), hn::IfThenElseZero(inside, log.lo)};
}

HWY_INLINE DD Log1p(DD x) {
  const DD argument = Add(Exactly(Of(1)), x);
  return InDomain(argument, LogOf(argument, x));
}

HWY_INLINE DD Log(DD x) { return InDomain(x, LogOf(x, Add(x, Exactly(Of(-1))))); }

HWY_INLINE DD WithSignOf(DD x, DD size) { return Choose(IsNegative(x), Neg(size), size); }

// tanh a = e / (e + 2) with e = e^2a - 1, for a >= 0.
HWY_INLINE DD Tanh(DD x) {
  const DD e = Expm1(Scale(Within(Abs(x), 40), Of(2)));
  return WithSignOf(x, Div(e, Add(e, Exactly(Of(2)))));
}

// x - tanh x = (x cosh x - sinh x) / cosh x, both series with positive terms
// only, for |x| < 1/8.
HWY_INLINE DD TanhshrinkNearZero(DD x) {
  const ExpTable& table = TheExpTable();
  const DD square = Mul(x, x);
  const auto above = [&table](int i) {
    const TwoDoubles c = table.factorials[2 * static_cast<size_t>(i) + 1];
    // Times an even number below 2^5: the low part keeps enough.
    const double hi = c.hi * (2 * i);
    return TwoDoubles{hi, std::fma(c.hi, 2 * i, -hi) + c.lo * (2 * i)};
  };
  const auto cosh = [&table](int i) { return table.factorials[2 * static_cast<size_t>(i)]; };
  const DD top = Mul(Mul(x, square), Horner(above, 1, 6, 9, square));
  return Div(top, Horner(cosh, 0, 6, 9, square));
}

HWY_INLINE DD Tanhshrink(DD x) {
  const M near = hn::Lt(hn::Abs(x.hi), Of(0.125));
  const DD series = TanhshrinkNearZero(x);
  if (hn::AllTrue(D(), near)) return series;
  return Choose(near, series, Add(x, Neg(Tanh(x))));
}

// erf(c + t) - erf(c) for the nearest grid point c to |x|: the derivatives of the
// bell e^(-x^2) follow from each other, (k + 1) h_(k+1) = -2 c h_k - 2 h_(k-1).
struct ErfParts {
  VI index;
  DD difference;
};

HWY_INLINE ErfParts ReduceErf(DD x) {
  constexpr int kPairTerms = 8;
  constexpr int kTerms = 17;
  const DD a = Within(Abs(x), kErfMost);
  const Rounded n = RoundProduct(a.hi, kErfStepsPerUnit);
  const V c = hn::Mul(n.value, Of(1.0 / kErfStepsPerUnit));
  const DD t = TwoSum(hn::Sub(a.hi, c), a.lo);
  const DD linear = Scale(Mul(t, c), Of(-2));
  const DD square = Scale(Mul(t, t), Of(-2));
  DD before = Exactly(Of(1));
  DD term = linear;
  DD sum = Exactly(Of(1));
  const auto over = [](int i) {
    const double hi = 1.0 / i;
    return TwoDoubles{hi, std::fma(-hi, i, 1.0) / i};
  };
  for (int k = 1; k < kPairTerms; ++k) {
    sum = Add(sum, Mul(term, Of(over(k + 1))));
    const DD next = Mul(Add(Mul(linear, term), Mul(square, before)), Of(over(k + 1)));
    before = term;
    term = next;
  }
  V last = before.hi;
  V high = term.hi;
  V tail = hn::Zero(D());
  for (int k = kPairTerms; k < kTerms; ++k) {
    const V factor = Of(1.0 / (k + 1));
    tail = Fma(high, factor, tail);
    const V next = hn::Mul(Fma(linear.hi, high, hn::Mul(square.hi, last)), factor);
    last = high;
    high = next;
  }
  sum = Add(sum, Exactly(tail));
  return {n.integer, Mul(Mul(Lookup(TheErfTable().slope, n.integer), t), sum)};
}

HWY_INLINE DD Erf(DD x) {
  const ErfParts parts = ReduceErf(x);
  return WithSignOf(x, Add(Lookup(TheErfTable().erf, parts.index), parts.difference));
}

HWY_INLINE DD Erfc(DD x) {
  const ErfParts parts = ReduceErf(x);
  const DD upper = Add(Lookup(TheErfTable().erfc, parts.index), Neg(parts.difference));
  return Choose(IsNegative(x), Add(Exactly(Of(2)), Neg(upper)), upper);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#endif  // ACT_ELEMENTARY_INL_H_
