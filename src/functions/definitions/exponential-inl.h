// The exponential, the exponential less one, and that one's inverse.
#if defined(ACT_DEFINITIONS_EXPONENTIAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_EXPONENTIAL_INL_H_
#undef ACT_DEFINITIONS_EXPONENTIAL_INL_H_
#else
#define ACT_DEFINITIONS_EXPONENTIAL_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// e^x and e^x - 1 beyond this x are infinite in every type and for every dy.
template <class G>
inline constexpr double kExpLimit = kDecayLimit<G>;

// e^x - 1 for any x, whose power may be beyond the greatest number.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> ExpLessOne(N x) {
  const N inner = ElementWithin<G>(x, kExpLimit<G>);
  if constexpr (G::kWide) {
    return Unscaled<G>(Expm1(ReduceExp<G>(inner)));
  } else {
    // From here on the one is nothing, and its difference may be any number.
    const N most = N::Of(kIsFast<G> ? 20 : 80);
    const ExpParts<G> e = ReduceExp<G>(inner);
    return Select(inner < most, Unscaled<G>(Expm1(e)), Exp(e));
  }
}

struct Exponential {
  static constexpr FunctionInfo kInfo{
      .name = "exp",
      .formula = "exp(x)",
      .description = "The exponential function.",
      .range = "(0, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {0, 1, 1, kInfinity}, .gradient = {0, 1, 1, kInfinity}},
      .reference = "Bernoulli 1683; Euler 1748",
      .used_in = "weights before they are normalized; variances from their logarithms, as in VAEs",
      .strengths = "positive; turns sums into products",
      .weaknesses = "overflows above 88.7 in f32 and 11.1 in f16, and so does its gradient"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Times(N::Of(1), Exp(ReduceExp<G>(ElementWithin<G>(x, kExpLimit<G>))));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return Times(dy, Settled(Exp(ReduceExp<G>(ElementWithin<G>(x, kExpLimit<G>)))));
  }
};

struct ExponentialLessOne {
  static constexpr FunctionInfo kInfo{
      .name = "expm1",
      .formula = "exp(x) - 1",
      .description = "The exponential function less one, accurate near zero.",
      .range = "(-1, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, kInfinity}, .gradient = {0, 1, 1, kInfinity}},
      .reference = "4.3BSD 1986; C99",
      .used_in = "elu and selu below zero",
      .strengths = "keeps the digits that exp(x) - 1 loses near zero",
      .weaknesses = "overflows as exp does"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    return Select(x == N::Of(0), Exactly<V>(x), Times(N::Of(1), ExpLessOne<G>(x)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return Times(dy, Settled(Exp(ReduceExp<G>(ElementWithin<G>(x, kExpLimit<G>)))));
  }
};

struct LogOnePlus {
  static constexpr FunctionInfo kInfo{
      .name = "log1p",
      .formula = "log(1 + x)",
      .description = "The logarithm of one more, accurate near zero; NaN below -1.",
      .range = "(-inf, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {kNotANumber, -0.0, 0, kInfinity}, .gradient = {kNotANumber, 1, 1, 0}},
      .reference = "4.3BSD 1986; C99",
      .used_in = "counts and spectra, compressed before a network",
      .strengths = "keeps the digits that log(1 + x) loses near zero; tames what is large",
      .weaknesses = "NaN below -1; steep near -1"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    if constexpr (kIsQuick<G>) {
      const N within = ElementWithin<G>(x, kLeast, kGreatest<G>);
      const N y = CopySign(Log1p<G>(within), x);
      return Select(x == within, y, Select(N::Of(0) < x, x, Outside(x)));
    } else {
      using V = ValueOf<G>;
      // Where it is not chosen the logarithm may be any number.
      const auto some = (N::Of(-1) < x) & (x < N::Of(std::numeric_limits<double>::infinity()));
      const N finite = kIsFast<G> ? x : Select(some, x, N::Of(0));
      const V y = Select(x == N::Of(0), Exactly<V>(x), Log1p<G>(finite));
      return Select(N::Of(-1) < x, Select(some, y, Exactly<V>(x)), Exactly<V>(Outside(x)));
    }
  }

  // By zero and infinity, too.
  static constexpr bool kGradientDividesByAny = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using V = ValueOf<G>;
    const V slope = Quotient(dy, Sum<V>(x, N::Of(1)));
    return Select(x < N::Of(-1), Exactly<V>(Outside(x)), slope);
  }

 private:
  // The float next to -1.
  static constexpr double kLeast = -0x1.fffffep-1;

  // -inf at -1, not a number below.
  template <class N>
  static ACT_FN N Outside(N x) {
    const N infinity = N::Of(std::numeric_limits<double>::infinity());
    return Select(x < N::Of(-1), N::Of(std::numeric_limits<double>::quiet_NaN()), -infinity);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_EXPONENTIAL_INL_H_
