// Vectors of double-doubles, the unevaluated sum hi + lo with |lo| at most half a
// unit of hi: about 106 bits, in the range of a double. Products below 2^-960
// lose low bits, which is far below anything a storage type of 32 bits can show.
// Sums and products after Dekker, Numer. Math. 18 (1971) and Knuth, TAOCP 2;
// error bounds in Joldes, Muller, Popescu, ACM TOMS 44 (2017). Shares nothing
// with src/functions. Included once a target.
#if defined(ACT_DOUBLE_DOUBLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DOUBLE_DOUBLE_INL_H_
#undef ACT_DOUBLE_DOUBLE_INL_H_
#else
#define ACT_DOUBLE_DOUBLE_INL_H_
#endif

#include <cmath>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;

HWY_INLINE V Of(double value) { return hn::Set(D(), value); }

// a * b + c rounded once: Highway's own rounds twice on this target.
HWY_INLINE V Fma(V a, V b, V c) {
#if HWY_TARGET == HWY_SCALAR
  return V(std::fma(a.raw, b.raw, c.raw));
#else
  return hn::MulAdd(a, b, c);
#endif
}

struct DD {
  V hi;
  V lo;
};

HWY_INLINE DD Exactly(V a) { return {a, hn::Zero(D())}; }

// a + b for |a| >= |b|.
HWY_INLINE DD FastTwoSum(V a, V b) {
  const V sum = hn::Add(a, b);
  return {sum, hn::Sub(b, hn::Sub(sum, a))};
}

HWY_INLINE DD TwoSum(V a, V b) {
  const V sum = hn::Add(a, b);
  const V b_part = hn::Sub(sum, a);
  return {sum, hn::Add(hn::Sub(a, hn::Sub(sum, b_part)), hn::Sub(b, b_part))};
}

HWY_INLINE DD TwoProduct(V a, V b) {
  const V product = hn::Mul(a, b);
  return {product, Fma(a, b, hn::Neg(product))};
}

// a + b for |a| >= |b|; an infinite `a` is the sum.
HWY_INLINE DD FastTwoSumOrInfinity(V a, V b) {
  const M finite = hn::IsFinite(a);
  const DD sum = FastTwoSum(a, hn::IfThenElseZero(finite, b));
  return {sum.hi, hn::IfThenElseZero(finite, sum.lo)};
}

// Right to 2^-104 relative to the sum itself, also where the terms cancel.
HWY_INLINE DD Add(DD a, DD b) {
  const DD high = TwoSum(a.hi, b.hi);
  const DD low = TwoSum(a.lo, b.lo);
  const DD sum = FastTwoSum(high.hi, hn::Add(high.lo, low.hi));
  return FastTwoSum(sum.hi, hn::Add(sum.lo, low.lo));
}

// The same for |a| >= 2 |b|, in half the operations.
HWY_INLINE DD AddSmaller(DD a, DD b) {
  const DD high = FastTwoSum(a.hi, b.hi);
  return FastTwoSum(high.hi, hn::Add(high.lo, hn::Add(a.lo, b.lo)));
}

HWY_INLINE DD Neg(DD a) { return {hn::Neg(a.hi), hn::Neg(a.lo)}; }

HWY_INLINE DD Mul(DD a, DD b) {
  const DD high = TwoProduct(a.hi, b.hi);
  return FastTwoSum(high.hi, Fma(a.hi, b.lo, Fma(a.lo, b.hi, high.lo)));
}

HWY_INLINE DD Mul(DD a, V b) {
  const DD high = TwoProduct(a.hi, b);
  return FastTwoSum(high.hi, Fma(a.lo, b, high.lo));
}

// By a power of two.
HWY_INLINE DD Scale(DD a, V power) { return {hn::Mul(a.hi, power), hn::Mul(a.lo, power)}; }

HWY_INLINE DD Div(DD a, DD b) {
  const V inverse = hn::Div(Of(1), b.hi);
  const V first = hn::Mul(a.hi, inverse);
  const V rest = Fma(hn::Neg(first), b.hi, a.hi);
  const V low = hn::Sub(a.lo, hn::Mul(first, b.lo));
  return FastTwoSumOrInfinity(first, hn::Mul(hn::Add(rest, low), inverse));
}

HWY_INLINE DD Choose(M mask, DD a, DD b) {
  return {hn::IfThenElse(mask, a.hi, b.hi), hn::IfThenElse(mask, a.lo, b.lo)};
}

HWY_INLINE M Less(DD a, DD b) {
  return hn::Or(hn::Lt(a.hi, b.hi), hn::And(hn::Eq(a.hi, b.hi), hn::Lt(a.lo, b.lo)));
}

HWY_INLINE M IsNegative(DD a) { return hn::Lt(a.hi, hn::Zero(D())); }

HWY_INLINE DD Abs(DD a) { return Choose(IsNegative(a), Neg(a), a); }

// |a| at most `most`, a plain number.
HWY_INLINE DD Within(DD a, double most) {
  const M inside = hn::Lt(hn::Abs(a.hi), Of(most));
  const V cut = hn::CopySign(Of(most), a.hi);
  return {hn::IfThenElse(inside, a.hi, cut), hn::IfThenElseZero(inside, a.lo)};
}

// One step of Newton from the root of the high part.
HWY_INLINE DD Sqrt(DD a) {
  const V root = hn::Sqrt(a.hi);
  const V rest = hn::Add(Fma(hn::Neg(root), root, a.hi), a.lo);
  const V correction = hn::Div(rest, hn::Add(root, root));
  return FastTwoSum(root, hn::IfThenElseZero(hn::Gt(root, hn::Zero(D())), correction));
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#endif  // ACT_DOUBLE_DOUBLE_INL_H_
