// Functions of all elements along an axis together: the softmax family.
//
// A row is taken relative to its greatest element m, the "top": e_j = e^(x_j - m)
// lies in (0, 1], and the sum of all is 1 + rest, where `rest` leaves the top out
// and so keeps its accuracy however small it is. With what the row adds up to
// (RowSums), `Forward<G>(t, e, sums)` is the result of an element of x - m = t, and
// `Gradient<G>(e, dy, sums)` its gradient, but for the top where `kTopIsSpecial`: that is
// `TopGradient<G>(sums)`. `Size` and `TopSize` are the sizes of what these add up, by which their
// errors are bounded. `kOfMinusX`
// says that all this is of -x, and dx of the other sign, `kTermsHaveExp` that e_j is a
// factor of the term, `kForwardIsLog` that results come of the sum's logarithm. `Limit` and
// `LimitGradient` are what is approached where the top alone goes to infinity; `others` is the sum
// of dy without the top's. `Influence` is the sign of the derivative of one result by another
// element or the same. All these are for grades other than Fast, for which a function has
// what is named `InFloats`: by e_j times some power of two (rows_in_floats-inl.h), and by terms
// that are dy_j or, where kTermsHaveExp, dy_j less that of the first element, times e_j.
#if defined(ACT_DEFINITIONS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_ROWS_INL_H_
#undef ACT_DEFINITIONS_ROWS_INL_H_
#else
#define ACT_DEFINITIONS_ROWS_INL_H_
#endif

#include "src/functions/definitions/rows_in_floats-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// What a row adds up to.
template <class G>
struct RowSums {
  ValueOf<G> rest;        // of e_j, the top left out
  ValueOf<G> reciprocal;  // of the sum of all
  ValueOf<G> log_total;   // log(1 + rest)
  // For gradients: of what Term() gives and of its sizes, the top left out; and the
  // top's dy.
  ValueOf<G> terms;
  NumberOf<G> sizes;
  NumberOf<G> top_dy;
  NumberOf<G> sizes_with_top;  // where terms are dy: of them and the top's
};

// x less the top, which is finite, exactly: an exponential magnifies what is lost.
template <class N>
ACT_FN Pair<N> Below(N x, N top) {
  const Pair<N> t = TwoSum(x, -top);
  return {t.high, Select(IsInfinite(t.high), N::Of(0), t.low)};
}

// e^t for t = x - m in [-kDecayLimit, 0], in two words or, where it is one, in one. In one word
// right to the last bits of a double, because what a row adds up to decides of all its results: the
// Taylor series of e^r for |r| <= ln(2) / 32 leaves r^8 / 8!.
template <class G, class A>
ACT_FN Scaled<G> RowExpWithin(A within) {
  using N = NumberOf<G>;
  if constexpr (kIsQuick<G>) {
    constexpr RealConstant kSeries[] = {{1.0 / 2, 0},   {1.0 / 6, 0},   {1.0 / 24, 0},
                                        {1.0 / 120, 0}, {1.0 / 720, 0}, {1.0 / 5040, 0}};
    const N shifted = Fma(High(within), N::Of(kSixteenLog2E.high), RoundingShift<N>());
    const N less = RoundingShift<N>() - shifted;
    const N leading = Fma(less, N::Of(kLn2Sixteenth.high), High(within));
    N r = Fma(less, N::Of(kLn2Sixteenth.low), leading);
    if constexpr (std::is_same_v<A, Pair<N>>) r = r + within.low;
    const N power = TableExp2(shifted);
    return Unscaled<G>(Fma(power, Fma(r * r, Polynomial(kSeries, r), r), power));
  } else {
    return Exp(ReduceExp<G>(within));
  }
}

// The same for any t <= 0: where it is below -kDecayLimit, also where it is -inf, it is e to that
// power, which no result shows but by its sign.
template <class G, class A>
ACT_FN Scaled<G> RowExp(A t) {
  return RowExpWithin<G>(AtLeast(t, -kDecayLimit<G>));
}

// x, or 0 for -0: then what is exactly zero is that whether it is computed in one word or in
// two, which have no -0.
template <class N>
ACT_FN N PlusZero(N x) {
  return x + N::Of(0);
}

// A scaled value as it is, in floats one whose exponent is zero: unlike Term() also where
// its power alone is no number.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> InFull(Scaled<G> s) {
  if constexpr (!G::kWide && kInPairs<G>) {
    const Steps<N> steps = StepsOf(s.exponent);
    ValueOf<G> value = ScaledBy(s.mantissa, steps.rest);
    for (int i = 0; i < 3; ++i) value = ScaledBy(value, steps.step);
    return value;
  } else {
    return s.mantissa;
  }
}

// log(1 + y) for a value y >= 0.
template <class G, class N>
ACT_FN N LogTotal(N y) {
  return Log1p<G>(y);
}

template <class G, class N>
ACT_FN Pair<N> LogTotal(Pair<N> y) {
  return Log1p<G>(y.high) + y.low / (N::Of(1) + y.high);
}

// s / (1 + rest), in two words by a division, so that what is a number stays one: a zero
// has no noise, and a tie is one.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> OverTotal(Scaled<G> s, const RowSums<G>& sums) {
  if constexpr (kInPairs<G>) {
    return {Quotient(s.mantissa, OneMore(sums.rest)), s.exponent};
  } else {
    return s * sums.reciprocal;
  }
}

template <class G, class N = NumberOf<G>>
ACT_FN RowSums<G> SumsOf(ValueOf<G> rest, ValueOf<G> terms, N sizes, N top_dy) {
  const ValueOf<G> reciprocal = Exactly<ValueOf<G>>(N::Of(1)) / OneMore(rest);
  return {rest, reciprocal, LogTotal<G>(rest), terms, sizes, top_dy, sizes + Abs(top_dy)};
}

// The same where the sum of terms, which are dy, is exact: no error of it has the size of what was
// added up, only that of the sum.
template <class G>
ACT_FN RowSums<G> WithExactTerms(RowSums<G> sums) {
  sums.sizes = Abs(High(sums.terms));
  sums.sizes_with_top = Abs(High(sums.terms + sums.top_dy));
  return sums;
}

// dx of an element, which may be the top, but for its sign where F is of -x.
template <class F, class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> GradientOfElement(bool is_top, Scaled<G> e, N dy, const RowSums<G>& sums) {
  if constexpr (F::kTopIsSpecial) {
    if (is_top) return F::template TopGradient<G>(sums);
  }
  return F::template Gradient<G>(e, dy, sums);
}

// How one element of a row stands to another: whether it is the same, and whether the two have a
// share of the sum, which what is infinitely far below the top has not.
struct Relation {
  bool is_same;
  bool has_share;
  bool other_has_share;
  bool is_alone;  // one element has all of the sum
};

// The infinite dy of a row: how many are +inf and -inf, of elements without and with a share of the
// sum. More than one may be any number above it.
struct InfiniteDys {
  unsigned count[2][2];

  static constexpr unsigned SignOf(double dy) { return dy < 0 ? 1 : 0; }
};

// The gradient by an element of a row of usual x with infinite dy, none of which is NaN: what the
// derivatives of all results by it, times their dy, add up to, where finite ones are nothing. `own`
// is the element's dy, and relation.other_has_share is ignored.
template <class F>
ACT_FN double GradientOfInfiniteDy(const InfiniteDys& dys, double own, Relation relation) {
  double sum = 0;
  for (unsigned sign = 0; sign < 2; ++sign) {
    for (unsigned has_share = 0; has_share < 2; ++has_share) {
      const bool is_own = (own == kInfinity || own == -kInfinity) &&
                          InfiniteDys::SignOf(own) == sign &&
                          relation.has_share == (has_share != 0);
      const double dy = sign != 0 ? -kInfinity : kInfinity;
      relation.other_has_share = has_share != 0;
      relation.is_same = false;
      if (dys.count[sign][has_share] > (is_own ? 1U : 0U)) sum += F::Influence(relation) * dy;
      relation.is_same = true;
      if (is_own) sum += F::Influence(relation) * dy;
    }
  }
  return F::kOfMinusX ? -sum : sum;
}

inline constexpr ParamInfo kRowAxis =
    AxisParam("the axis along which results add up to one; negative ones count from the last");

struct Softmax {
  static constexpr FunctionInfo kInfo{
      .name = "softmax",
      .formula = "exp(x[i]) / sum(exp(x[j]))",
      .description =
          "Probabilities from logits, along an axis: attention, and the last layer of "
          "a classifier.",
      .range = "(0, 1]",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "Boltzmann 1868; Bridle 1990",
      .params = {{kRowAxis}},
      .kind = Kind::kRowWise,
      .used_in = "attention in Transformers, last layer of classifiers",
      .strengths = "results add up to one; adding a number to all x changes nothing",
      .weaknesses = "hardly any gradient where one element is far above the rest",
      .saturation = "below at 0, above at 1"};

  static constexpr bool kOfMinusX = false;
  static constexpr bool kTopIsSpecial = false;
  static constexpr bool kTermsHaveExp = true;
  static constexpr bool kForwardIsLog = false;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(Pair<N>, Scaled<G> e, const RowSums<G>& sums) {
    return Times(N::Of(1), OverTotal<G>(e, sums));
  }

  // e_i (d_i (1 + rest) - sum e_j d_j) / (1 + rest)^2 with d_j = dy_j - dy of the
  // top: exactly zero where all dy are one number.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(Scaled<G> e, N dy, const RowSums<G>& sums) {
    using V = ValueOf<G>;
    const V d = Sum<V>(dy, -sums.top_dy);
    if constexpr (kInPairs<G>) {
      const V inner = d * OneMore(sums.rest) + -sums.terms;
      const V square = OneMore(sums.rest) * OneMore(sums.rest);
      return Times(N::Of(1), Scaled<G>{Quotient(e.mantissa * inner, square), e.exponent});
    } else {
      const N offset = sums.terms * (sums.reciprocal * sums.reciprocal);
      return e.mantissa * Fma(d, sums.reciprocal, -offset);
    }
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Size(Scaled<G> e, N dy, const RowSums<G>& sums) {
    const N reciprocal = High(sums.reciprocal);
    const N offset = sums.sizes * (reciprocal * reciprocal);
    return High(InFull<G>(e)) * Fma(Abs(dy - sums.top_dy), reciprocal, offset);
  }

  // The quotient has room for one more rounding, not for two.
  template <class N>
  static ACT_FN N ForwardInFloats(N, N e, const RowInFloats<N>& row) {
    return TimesWords(e, row.reciprocal);
  }

  // e_i (d_i / total - sum e_j d_j / total^2) with d_j = dy_j - dy of the first.
  template <class N>
  static ACT_FN N GradientInFloats(N e, N dy, const RowInFloats<N>& row) {
    return e * Fma(dy - row.first_dy, row.reciprocal.high, -row.offset);
  }

  template <class D>
  static ACT_FN D OffsetInFloats(D terms, D reciprocal) {
    return terms * reciprocal * reciprocal;
  }

  // s_i (1 - s_i), else -s_i s_j.
  static constexpr double Influence(const Relation& r) {
    if (!r.has_share || !r.other_has_share || r.is_alone) return 0;
    return r.is_same ? 1 : -1;
  }

  static constexpr double Limit(bool is_top) { return is_top ? 1 : 0; }
  static constexpr double LimitGradient(bool, double, double) { return 0; }

  // What an element other than the top adds to the sum of terms.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Term(Scaled<G> e, N dy, N top_dy) {
    using V = ValueOf<G>;
    return InFull<G>(e * Sum<V>(dy, -top_dy));
  }
};

struct Softmin : Softmax {
  static constexpr FunctionInfo kInfo{
      .name = "softmin",
      .formula = "exp(-x[i]) / sum(exp(-x[j]))",
      .description = "softmax of -x: weights that favour what is small, as distances.",
      .range = "(0, 1]",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "PyTorch operator Softmin",
      .params = {{kRowAxis}},
      .kind = Kind::kRowWise,
      .used_in = "soft choice of the least: the disparities of GC-Net",
      .strengths = "results add up to one; takes distances and costs as they are",
      .weaknesses = "hardly any gradient where one element is far below the rest",
      .saturation = "below at 0, above at 1"};

  static constexpr bool kOfMinusX = true;
};

struct LogSoftmax {
  static constexpr FunctionInfo kInfo{
      .name = "log_softmax",
      .formula = "x[i] - log(sum(exp(x[j])))",
      .description =
          "The logarithm of softmax without its underflow: the input of a "
          "cross-entropy loss.",
      .range = "(-inf, 0]",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "Bridle 1990; PyTorch operator LogSoftmax",
      .params = {{kRowAxis}},
      .kind = Kind::kRowWise,
      .used_in = "cross-entropy and CTC losses",
      .strengths = "keeps small probabilities that softmax loses to underflow",
      .weaknesses = "unbounded below; takes an exponential to be probabilities",
      .saturation = "above at 0"};

  static constexpr bool kOfMinusX = false;
  static constexpr bool kTopIsSpecial = true;
  static constexpr bool kTermsHaveExp = false;
  static constexpr bool kForwardIsLog = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(Pair<N> t, Scaled<G>, const RowSums<G>& sums) {
    // Two terms of one sign, which a result of zero has, too.
    if constexpr (kInPairs<G>) {
      return -SumOf(sums.log_total, -t);
    } else {
      return -(sums.log_total - t.high);
    }
  }

  // (dy_i (1 + rest) - e_i (sum of all dy)) / (1 + rest).
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(Scaled<G> e, N dy, const RowSums<G>& sums) {
    using V = ValueOf<G>;
    if constexpr (kInPairs<G>) {
      const V part = InFull<G>(e * (sums.terms + sums.top_dy));
      const V whole = OneMore(sums.rest) * dy + -part;
      return InFull<G>(OverTotal<G>(Unscaled<G>(whole), sums));
    } else {
      const N sum = sums.terms + sums.top_dy;
      return Fma(-e.mantissa, sum * sums.reciprocal, PlusZero(dy));
    }
  }

  // The same for the top, where that would cancel.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> TopGradient(const RowSums<G>& sums) {
    using V = ValueOf<G>;
    const V whole = sums.rest * PlusZero(sums.top_dy) + -sums.terms;
    return InFull<G>(OverTotal<G>(Unscaled<G>(whole), sums));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Size(Scaled<G> e, N dy, const RowSums<G>& sums) {
    const N total = sums.sizes_with_top * High(sums.reciprocal);
    return Fma(High(InFull<G>(e)), total, Abs(dy));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N TopSize(const RowSums<G>& sums) {
    return Fma(High(sums.rest), Abs(sums.top_dy), sums.sizes) * High(sums.reciprocal);
  }

  template <class N>
  static ACT_FN N ForwardInFloats(N x, N, const RowInFloats<N>& row) {
    return -(row.offset - (x - row.top));
  }

  template <class N>
  static ACT_FN N GradientInFloats(N e, N dy, const RowInFloats<N>& row) {
    return Fma(-e, row.offset, dy);
  }

  template <class D>
  static ACT_FN D OffsetInFloats(D terms, D reciprocal) {
    return terms * reciprocal;
  }

  // 1 - s_i, else -s_i.
  static constexpr double Influence(const Relation& r) {
    if (r.is_same) return r.has_share && r.is_alone ? 0 : 1;
    return r.has_share ? -1 : 0;
  }

  static constexpr double Limit(bool is_top) { return is_top ? -0.0 : -kInfinity; }
  static constexpr double LimitGradient(bool is_top, double dy, double others) {
    return is_top ? -others : dy;
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Term(Scaled<G>, N dy, N) {
    return Exactly<ValueOf<G>>(dy);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_ROWS_INL_H_
