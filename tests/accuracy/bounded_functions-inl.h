// Elementary functions of blocks of doubles with bounds: how far an error of the
// argument reaches, and where nothing is known. Included once a target.
#if defined(ACT_BOUNDED_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_BOUNDED_FUNCTIONS_INL_H_
#undef ACT_BOUNDED_FUNCTIONS_INL_H_
#else
#define ACT_BOUNDED_FUNCTIONS_INL_H_
#endif

#include <algorithm>

#include "tests/accuracy/bounded_blocks-inl.h"
#include "tests/accuracy/bounded_elementary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

inline Bound SqrtBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  if (a.bound.relative > 0.5 || RangeOf(a).least < 0) return {};
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return hn::Sqrt(x); });
  return Checked(extent.BoundOf(a.bound.relative + 2 * kUnit));
}

// e^error - 1 for an error of the argument.
inline double Growth(double error) { return error < 0.5 ? error * (1 + error) : kUnknown; }

// Of e^x, and of e^x - 1, for x beyond the cut.
inline Bound ExpBeyond(const Range& range, BoundedDoubles& result, double relative) {
  if (range.least < kExpCut || !(relative < 0x1p-20)) return {};
  result.value.fill(1);
  return kBeyond;
}

// Beyond the cut below, values stand for something between 0 and about themselves,
// within 1 relative.
inline Bound ExpBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  const Range range = RangeOf(a);
  const double error = a.bound.greatest * a.bound.relative;
  if (range.greatest > kExpCut) return ExpBeyond(range, result, a.bound.relative);
  if (a.bound.greatest < 0x1p-60 && a.bound.relative <= 1) {
    const Extent one = ForEach(a, result, [](V) HWY_ATTR { return Of(1); });
    return one.BoundOf(4 * a.bound.greatest);
  }
  double relative = Compound(Growth(error), kElementaryError);
  if (range.least < -kExpCut) {
    if (!(a.bound.relative < 0x1p-20)) return {};
    relative = std::max(range.greatest < -kExpCut ? 0 : relative, 1.0);
  }
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return ExpOf(x); });
  return Checked(extent.BoundOf(relative));
}

// For x < 0 the size of e^x - 1 is concave in |x|, so that it changes by no more,
// relative, than x does; for x > 0 by at most 1 + x times as much.
inline Bound Expm1Block(const BoundedDoubles& a, BoundedDoubles& result) {
  const Range range = RangeOf(a);
  const double factor = 1 + std::max(0.0, range.greatest);
  if (range.greatest > kExpCut) return ExpBeyond(range, result, a.bound.relative);
  if (a.bound.relative * factor > 0x1p-10) return {};
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return Expm1Of(x); });
  return Checked(extent.BoundOf(Compound(2 * factor * a.bound.relative, kElementaryError)));
}

// How much a function changes, relative, that has no size but a concave one in |x| and
// that is about x around zero: no more than x does, while that keeps its sign.
inline double ConcaveGrowth(const Bound& a) {
  if (a.relative <= 1) return a.relative;
  return a.relative < 2 && a.greatest < 0x1p-10 ? a.relative * (1 + 0x1p-8) : kUnknown;
}

inline Bound Log1pBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  const Range range = RangeOf(a);
  const bool exact = a.bound.relative == 0;
  if (exact && range.greatest < -1) {
    Bound bound;
    bound.relative = 0;
    bound.all_nan = true;
    return bound;
  }
  if (exact ? range.least <= -1 : range.least < 0) return {};
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return Log1pOf(x); });
  return Checked(extent.BoundOf(Compound(ConcaveGrowth(a.bound), kElementaryError)));
}

template <class Formula>
HWY_INLINE Bound OddConcave(const BoundedDoubles& a, BoundedDoubles& result, Formula formula) {
  const Extent extent = ForEach(a, result, formula);
  return Checked(extent.BoundOf(Compound(ConcaveGrowth(a.bound), kElementaryError)));
}

// As a function that is +-1 to `relative` where |x| is above `end`.
template <class Formula>
HWY_INLINE Bound Saturating(const BoundedDoubles& a, double end, double relative,
                            BoundedDoubles& result, Formula formula) {
  Bound bound = OddConcave(a, result, formula);
  const bool beyond = a.bound.least > end && !a.bound.any_zero && a.bound.relative < 0x1p-20;
  if (beyond) bound.relative = relative;
  return bound;
}

inline Bound TanhBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  return Saturating(a, 80, 0x1p-200, result, [](V x) HWY_ATTR { return TanhOf(x); });
}

inline Bound ErfBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  return Saturating(a, kErfMost, 0x1p-600, result, [](V x) HWY_ATTR { return ErfOf(x); });
}

// x (x - tanh x)' <= 3 (x - tanh x).
inline Bound TanhshrinkBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  if (a.bound.relative > 0x1p-10) return {};
  Extent extent;
  if (a.bound.greatest < 1) {
    extent = ForEach(a, result, [](V x) HWY_ATTR { return TanhshrinkNear(x); });
  } else if (a.bound.least >= 1 && !a.bound.any_zero) {
    extent = ForEach(a, result, [](V x) HWY_ATTR { return TanhshrinkFar(x); });
  } else {
    extent = ForEach(a, result, [](V x) HWY_ATTR {
      const M near = hn::Lt(hn::Abs(x), Of(1));
      return hn::IfThenElse(near, TanhshrinkNear(x), TanhshrinkFar(x));
    });
  }
  return Checked(extent.BoundOf(Compound(4 * a.bound.relative, kElementaryError)));
}

// |(log erfc x)'| < 2 |x| + 1.5, and |x (log erfc x)'| < 1/2 for x < 0. Beyond the
// table's end the truth lies between 0 and the value, as below the cut of exp.
inline Bound ErfcBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  if (!(a.bound.relative < 0x1p-20)) return {};
  constexpr auto kEnd = static_cast<double>(kErfMost);
  const Range range = RangeOf(a);
  double grown = a.bound.relative;
  if (range.greatest > kEnd) {
    grown = range.least > kEnd ? 1 : kUnknown;
  } else if (range.greatest >= 0) {
    grown = Growth(a.bound.relative * a.bound.greatest * (2 * a.bound.greatest + 2));
  }
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return ErfcOf(x); });
  // The other end: 2, to less than the table's last value.
  if (range.greatest < -kEnd) return extent.BoundOf(0x1p-600);
  return Checked(extent.BoundOf(Compound(grown, kElementaryError)));
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#endif  // ACT_BOUNDED_FUNCTIONS_INL_H_
