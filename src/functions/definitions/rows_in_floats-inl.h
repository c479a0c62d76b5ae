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

// A row is scaled by its first element, which most often is near enough to the top, so that
// this need not be known before; else by the top.
ACT_FN bool IsTooFarBelow(float near_top, float top, bool gradient) {
  return top - near_top > (gradient ? 20 : 40);
}

// Whether what the rounding of exponentials lost is in their sum.
template <class F, bool kGradient>
inline constexpr bool kCountsLost = !kGradient || F::kTermsHaveExp;

// Below this, what is more than one in a sum is not known well enough, and is added up without
// the top.
inline constexpr double kLeastExcess = 0x1p-16;

// What is known of a row.
struct RowSummary {
  float top;
  double total;    // of exponentials
  double rest;     // those by the top's, less one; of a forward that is a logarithm
  double terms;    // of a gradient
  double squares;  // of dy less that of the first, where exponentials are factors of terms
  double offset;   // OffsetInFloats of a function, or the sum's logarithm
};

constexpr bool IsWithin(double x, double most) { return -most <= x && x <= most; }

// Whether floats do for a row of n elements.
template <class F, bool kGradient>
ACT_FN bool IsWithinFloats(const RowSummary& row, size_t n) {
  // Below this, elements that are taken for greater ones count.
  constexpr double kLeastRest = 0x1p-100;
  // Beyond these, what is taken off elements far below the top could be seen in a gradient.
  constexpr double kGreatestSquares = 0x1p40;
  constexpr double kGreatestOffset = 0x1p-28;
  // Below this, a product with it may lose bits beneath the normal numbers.
  constexpr double kLeastOffset = 0x1p-124;
  if (!IsWithin(row.top, kGreatestTopInFloats)) return false;
  if (!IsWithin(row.total, std::numeric_limits<double>::max())) return false;
  if constexpr (!kGradient) return !F::kForwardIsLog || n == 1 || row.rest >= kLeastRest;
  const double offset = row.offset < 0 ? -row.offset : row.offset;
  const bool is_usual = offset >= kLeastOffset && offset <= kGreatestOffset;
  const bool is_zero = row.terms == 0 && row.squares == 0;
  return is_zero || (is_usual && row.squares <= kGreatestSquares);
}

// What results of a row are computed from.
template <class N>
struct RowInFloats {
  N top;
  N first_dy;
  Pair<N> reciprocal;  // of the sum of exponentials, of the other sign for a gradient by -x
  N offset;            // with that sign
};

template <class N, class F, bool kGradient>
ACT_FN RowInFloats<N> RowInFloatsOf(const RowSummary& row, float first_dy, double reciprocal) {
  const double sign = F::kOfMinusX && kGradient ? -1 : 1;
  return {N::Of(row.top), N::Of(kGradient ? first_dy : 0), PairOf<N>({sign * reciprocal, 0}),
          N::Of(sign * row.offset)};
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_ROWS_IN_FLOATS_INL_H_
