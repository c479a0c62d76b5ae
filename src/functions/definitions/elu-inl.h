// The exponential linear units: elu, selu and celu.
#if defined(ACT_DEFINITIONS_ELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_ELU_INL_H_
#undef ACT_DEFINITIONS_ELU_INL_H_
#else
#define ACT_DEFINITIONS_ELU_INL_H_
#endif

#include "src/functions/definitions/exponential-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// The exponential linear units: scale * (x > 0 ? x : alpha (e^x - 1)).
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> EluForward(N x, ValueOf<G> scale, ValueOf<G> scaled_alpha) {
  const N inner = Max(Min(x, N::Of(0)), N::Of(-kExpLimit<G>));
  const ValueOf<G> below = Times(scaled_alpha, Expm1(ReduceExp<G>(inner)));
  return Select(x < N::Of(0), below, Times(x, scale));
}

// Their slope below zero.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> EluSlope(N x, ValueOf<G> scaled_alpha) {
  return Settled(Exp(ReduceExp<G>(ElementWithin<G>(x, kExpLimit<G>)))) * scaled_alpha;
}

template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> EluGradient(N x, N dy, ValueOf<G> scale, Scaled<G> below) {
  return Times(dy, Select(N::Of(0) < x, Unscaled<G>(scale), below));
}

struct Elu {
  static constexpr FunctionInfo kInfo{
      .name = "elu",
      .formula = "x > 0 ? x : alpha * (exp(x) - 1)",
      .description = "x above zero, a saturating exponential below: outputs centred near zero.",
      .range = "(-alpha, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, kInfinity}, .gradient = {0, 1, 1, 1}},
      .reference = "Clevert, Unterthiner, Hochreiter, ICLR 2016",
      .params = {{{.name = "alpha",
                   .default_value = 1,
                   .minimum = -1e6,
                   .maximum = 1e6,
                   .differentiable = true,
                   .description = "minus the value at -inf"}}},
      .used_in = "graph attention networks",
      .strengths = "mean results nearer zero than the rectifier's; smooth where alpha is 1",
      .weaknesses = "costs an exponential; saturates below"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    using V = ValueOf<G>;
    return EluForward<G>(x, Exactly<V>(N::Of(1)), ParamOf<V>(p, 0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    using V = ValueOf<G>;
    const V one = Exactly<V>(N::Of(1));
    if constexpr (kInPairs<G> && !G::kWide) {
      // Times alpha the slope may be outside the normal numbers, times dy it is not.
      const N alpha = N::Of(p.values[0]);
      const N power = ExponentWithin(alpha);
      const Scaled<G> below = EluSlope<G>(x, Exactly<V>(alpha * PowerOfTwo(-power)));
      return EluGradient<G>(x, dy, one, Scaled<G>{below.mantissa, below.exponent + power});
    } else {
      return EluGradient<G>(x, dy, one, EluSlope<G>(x, ParamOf<V>(p, 0)));
    }
  }

  template <class G, size_t kParam, class N = NumberOf<G>>
  static ACT_FN N ParameterTerm(N x, N dy, const Params&) {
    const N inner = Max(Min(x, N::Of(0)), N::Of(-kExpLimit<G>));
    return Select(N::Of(0) < x, N::Of(0), Rounded(Times(dy, Expm1(ReduceExp<G>(inner)))));
  }
};

struct Selu {
  static constexpr FunctionInfo kInfo{
      .name = "selu",
      .formula =
          "x > 0 ? 1.0507009873554804934193349852946 * x : 1.7580993408473768599402175208123 * "
          "(exp(x) - 1)",
      .description =
          "elu scaled so that mean 0 and variance 1 are a fixed point from layer to layer.",
      .range = "(-1.7581, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {-1.7580993408473768599, -0.0, 0, kInfinity},
                  .gradient = {0, 1.7580993408473768599, 1.7580993408473768599,
                               1.0507009873554804934}},
      .reference = "Klambauer, Unterthiner, Mayr, Hochreiter, NeurIPS 2017",
      .used_in = "self-normalizing networks: deep, fully connected",
      .strengths = "keeps mean 0 and variance 1 without normalization layers",
      .weaknesses = "needs LeCun's initialization and alpha dropout; a kink at zero"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    return EluForward<G>(x, Constant<V>(kSeluScale), Constant<V>(kSeluScaleAlpha));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using V = ValueOf<G>;
    const Scaled<G> below = EluSlope<G>(x, Constant<V>(kSeluScaleAlpha));
    return EluGradient<G>(x, dy, Constant<V>(kSeluScale), below);
  }
};

struct Celu {
  static constexpr FunctionInfo kInfo{
      .name = "celu",
      .formula = "x > 0 ? x : alpha * (exp(x / alpha) - 1)",
      .description = "elu with a continuous derivative for every alpha.",
      .range = "(-alpha, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, kInfinity}, .gradient = {0, 1, 1, 1}},
      .reference = "Barron, arXiv:1704.07483, 2017",
      .params = {{{.name = "alpha",
                   .default_value = 1,
                   .minimum = 1e-6,
                   .maximum = 1e6,
                   .differentiable = true,
                   .description = "minus the value at -inf"}}},
      .used_in = "the ANI potentials of TorchANI, with alpha = 0.1",
      .strengths = "smooth for every alpha; the rectifier where alpha nears 0",
      .weaknesses = "costs an exponential; saturates below"};

  // x / alpha for x <= 0, where more would be all decayed.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ArgumentOf<G> Inner(N x, const Params& p) {
    using A = ArgumentOf<G>;
    const N least = N::Of(-kExpLimit<G>) * N::Of(p.values[0]);
    const N inner = Min(Max(least, x), N::Of(0));
    if constexpr (kIsFast<G>) {
      return Times(inner, ParamOf<A>({1 / p.values[0]}, 0));
    } else if constexpr (kIsQuick<G>) {
      // As right as the quotient, by a reciprocal that loops compute once.
      const N alpha = N::Of(p.values[0]);
      const N reciprocal = N::Of(1) / alpha;
      const N rest = Fma(-reciprocal, alpha, N::Of(1)) * reciprocal;
      return TimesWords(inner, Pair<N>{reciprocal, rest});
    } else {
      return Exactly<A>(inner) / ParamOf<A>(p, 0);
    }
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    using V = ValueOf<G>;
    const V less_one = Expm1(ReduceExp<G>(Inner<G>(x, p)));
    if constexpr (kIsFast<G>) {
      // Nearer to zero it is x, and quotients may be lost.
      const auto curved = x < N::Of(-0x1p-25 * p.values[0]);
      return Select(curved, TimesWords(less_one, ParamOf<Pair<N>>(p, 0)), x);
    } else {
      // Nearer to zero, where results are as narrow as x, quotients may be lost, too.
      constexpr double kStraight = kInPairs<G> && !G::kWide ? -0x1p-900 : 0;
      const V below = less_one * ParamOf<V>(p, 0);
      return Select(x < N::Of(kStraight), below, Exactly<V>(x));
    }
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    return Times(dy, Settled(Exp(ReduceExp<G>(Inner<G>(x, p)))));
  }

  // e^t - 1 - t e^t with t = x / alpha. Near zero, where that cancels, t^2 (q (1 - t) - 1) with
  // q = (e^t - 1 - t) / t^2; the square may be below the normal numbers, times dy it is not.
  template <class G, size_t kParam, class N = NumberOf<G>>
  static ACT_FN N ParameterTerm(N x, N dy, const Params& p) {
    using V = ValueOf<G>;
    constexpr double kNear = 0.34;
    const V t = Inner<G>(x, p);
    const ExpParts<G> e = ReduceExp<G>(t);
    const V far = Expm1(e) + -(Term(Exp(e)) * t);
    const V near = Within(t, kNear);
    const V q =
        PolynomialOf<G>(kExpRemainderQuick, kExpRemainderCareful, kExpRemainderCertain, near);
    const V factor = q * (-near + N::Of(1)) + N::Of(-1);
    const N power = ExponentWithin(near.high);
    const V leading = ScaledBy(near, PowerOfTwo(-power));
    const Scaled<G> product = {leading * leading * factor, power + power};
    const auto is_near = N::Of(-kNear) < t.high;
    const N below = Rounded(Select(is_near, Times(dy, product), Times(dy, far)));
    return Select(N::Of(0) < x, N::Of(0), below);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_ELU_INL_H_
