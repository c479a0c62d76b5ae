// What the FAST tier takes a row of floats by. An exponential of x less the top would magnify
// what that difference loses, so the power of two next to e^top is taken off e^x instead,
// exactly: results are quotients, in which any such power will do. What a row adds up to is
// in double.
#if defined(ACT_DEFINITIONS_ROWS_IN_FLOATS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_ROWS_IN_FLOATS_INL_H_
#undef ACT_DEFINITIONS_ROWS_IN_FLOATS_INL_H_
#else
#define ACT_DEFINITIONS_ROWS_IN_FLOATS_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// The greatest |x| of a row's top for which the following is right.
inline constexpr double kGreatestTopInFloats = 0x1p13;

// By an element near the top, how exponentials of a row are taken.
template <class N>
struct RowScaling {
  N least;     // e^x of what is less is taken for that of this, nothing beside the top's
  N rounding;  // leaves the exponent of e^x, with its bias, in the last bits of a sum
};

// That element's exponential comes to about 2^48: then those of elements 120 below are still
// normal numbers, whose products are rounded once, and of elements above there is room.
template <class N>
ACT_FN RowScaling<N> ScalingOf(N near_top) {
  const N shift = RoundProduct(near_top, kLog2E);
  return {near_top - N::Of(120), (RoundingShift<N>() + N::Of(127 + 48)) - shift};
}

// An exponential, and what its rounding took off it: a quotient has no room for that of all
// in the sum.
template <class N>
struct RowExpWords {
  N value;
  N lost;
};

// e^x times the row's power of two; NaN for NaN. Rounded once: 1 + r is taken in two words.
template <class N>
ACT_FN RowExpWords<N> RowExpInFloats(N x, const RowScaling<N>& scaling) {
  const N one = N::Of(1);
  const N within = Max(scaling.least, x);
  const N shifted = Fma(within, N::Of(kLog2E.high), scaling.rounding);
  const N n = shifted - scaling.rounding;
  const N leading = Fma(n, N::Of(-kLn2HighFast.high), within);  // exact
  const N r = Fma(n, N::Of(-kLn2LowFast.high), leading);
  const N high = one + r;
  const N low = r - (high - one);
  const N square = r * r;
  const N rest = Fma(ExpCurvature(r, square), square, low);
  const N e = high + rest;
  const N power = Exp2OfBits(shifted);
  return {power * e, power * (rest - (e - high))};
}

// What results of a row are computed from.
template <class N>
struct RowInFloats {
  N top;
  N first_dy;
  Pair<N> reciprocal;  // of the sum of exponentials, of the other sign for a gradient by -x
  N offset;            // OffsetInFloats of a function, with that sign, or the sum's logarithm
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_ROWS_IN_FLOATS_INL_H_
