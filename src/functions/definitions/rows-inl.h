// Functions of all elements along an axis together: the softmax family.
//
// A row is taken relative to its greatest element m, the "top": e_j = e^(x_j - m)
// lies in (0, 1], and the sum of all is 1 + rest, where `rest` leaves the top out
// and so keeps its accuracy however small it is. With what the row adds up to
// (RowSums), `Forward<G>(t, sums)` is the result of an element of x - m = t, and
// `Gradient<G>(t, dy, sums)` that of one that is not the top or, where no
// `kTopIsSpecial` says otherwise, of any; `TopGradient` is that of the top. `Size` is
// the size of what a gradient adds up, by which its error is bounded. For grades
// other than Fast; `kOfMinusX` says that all this is of -x, and dx of the other sign.
// `Limit` and `LimitGradient` are what is approached where the top alone goes to
// infinity; `others` is the sum of dy without the top's.
#if defined(ACT_DEFINITIONS_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_ROWS_INL_H_
#undef ACT_DEFINITIONS_ROWS_INL_H_
#else
#define ACT_DEFINITIONS_ROWS_INL_H_
#endif

#include "src/functions/definitions/common-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// What a row adds up to.
template <class G>
struct RowSums {
  ValueOf<G> rest;        // of e_j, the top left out
  ValueOf<G> reciprocal;  // 1 / (1 + rest)
  ValueOf<G> log_total;   // log(1 + rest)
  // For gradients: of what Term() gives and of its sizes, the top left out; and the
  // top's dy.
  ValueOf<G> terms;
  NumberOf<G> sizes;
  NumberOf<G> top_dy;
};

// e^t for t = x - m <= 0; beyond what any result can hold it is some number as
// small as that.
template <class G>
ACT_FN Scaled<G> RowExp(ArgumentOf<G> t) {
  return Exp(ReduceExp<G>(Within(t, kDecayLimit<G>)));
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

template <class G, class N = NumberOf<G>>
ACT_FN RowSums<G> SumsOf(ValueOf<G> rest, ValueOf<G> terms, N sizes, N top_dy) {
  const ValueOf<G> reciprocal = Exactly<ValueOf<G>>(N::Of(1)) / OneMore(rest);
  return {rest, reciprocal, LogTotal<G>(rest), terms, sizes, top_dy};
}

// x less the top, which is finite.
template <class A, class N>
ACT_FN A Below(N x, N top) {
  if constexpr (std::is_same_v<A, N>) {
    return x - top;
  } else {
    const A t = TwoSum(x, -top);
    return {t.high, Select(IsInfinite(t.high), N::Of(0), t.low)};
  }
}

inline constexpr ParamInfo kRowAxis = {
    .name = "axis",
    .default_value = -1,
    .minimum = -32,
    .maximum = 31,
    .description = "the axis along which results add up to one; negative ones count from the last",
    .integral = true};

struct Softmax {
  static constexpr FunctionInfo kInfo{
      .name = "softmax",
      .formula = "exp(x[i]) / sum(exp(x[j]))",
      .description =
          "Probabilities from logits, along an axis: attention, and the last layer of "
          "a classifier.",
      .range = "[0, 1]",
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

  template <class G>
  static ACT_FN ValueOf<G> Forward(ArgumentOf<G> t, const RowSums<G>& sums) {
    return Times(NumberOf<G>::Of(1), RowExp<G>(t) * sums.reciprocal);
  }

  // e_i (d_i (1 + rest) - sum e_j d_j) / (1 + rest)^2 with d_j = dy_j - dy of the
  // top: exactly zero where all dy are one number.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(ArgumentOf<G> t, N dy, const RowSums<G>& sums) {
    using V = ValueOf<G>;
    const V d = Sum<V>(dy, -sums.top_dy);
    const V inner = d * OneMore(sums.rest) + -sums.terms;
    return Times(N::Of(1), RowExp<G>(t) * (inner * (sums.reciprocal * sums.reciprocal)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> TopGradient(const RowSums<G>& sums) {
    return Gradient<G>(Exactly<ArgumentOf<G>>(N::Of(0)), sums.top_dy, sums);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Size(N t, N dy, const RowSums<G>& sums) {
    const N inner = Fma(Abs(dy - sums.top_dy), OneMore(sums.rest), sums.sizes);
    return RowExp<G>(t).mantissa * inner * (sums.reciprocal * sums.reciprocal);
  }

  static constexpr double Limit(bool is_top) { return is_top ? 1 : 0; }
  static constexpr double LimitGradient(bool, double, double) { return 0; }

  // What an element other than the top adds to the sum of terms.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Term(Scaled<G> e, N dy, N top_dy) {
    using V = ValueOf<G>;
    return activation::ACT_HOST_NAMESPACE::Term(e) * Sum<V>(dy, -top_dy);
  }
};

struct Softmin : Softmax {
  static constexpr FunctionInfo kInfo{
      .name = "softmin",
      .formula = "exp(-x[i]) / sum(exp(-x[j]))",
      .description = "softmax of -x: weights that favour what is small, as distances.",
      .range = "[0, 1]",
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

  template <class G>
  static ACT_FN ValueOf<G> Forward(ArgumentOf<G> t, const RowSums<G>& sums) {
    // Two terms of one sign.
    return SumOf(AsValue<G>(t), -sums.log_total);
  }

  // dy_i - e_i (sum of all dy) / (1 + rest).
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(ArgumentOf<G> t, N dy, const RowSums<G>& sums) {
    using V = ValueOf<G>;
    const V total = sums.terms + sums.top_dy;
    const Scaled<G> part = RowExp<G>(t) * (total * sums.reciprocal);
    return Exactly<V>(dy) + -activation::ACT_HOST_NAMESPACE::Term(part);
  }

  // The same for the top, where that would cancel.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> TopGradient(const RowSums<G>& sums) {
    return (sums.rest * sums.top_dy + -sums.terms) * sums.reciprocal;
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Size(N t, N dy, const RowSums<G>& sums) {
    const N total = sums.sizes + Abs(sums.top_dy);
    return Abs(dy) + RowExp<G>(t).mantissa * (total * sums.reciprocal);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N TopSize(const RowSums<G>& sums) {
    return Fma(sums.rest, Abs(sums.top_dy), sums.sizes) * sums.reciprocal;
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
