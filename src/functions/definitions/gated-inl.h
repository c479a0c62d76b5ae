// Functions x q(t) gated by the logistic function, and sigmoid itself.
#if defined(ACT_DEFINITIONS_GATED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_GATED_INL_H_
#undef ACT_DEFINITIONS_GATED_INL_H_
#else
#define ACT_DEFINITIONS_GATED_INL_H_
#endif

#include "src/functions/definitions/common-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// dy * f'(x) for f(x) = x q(t) where q rises from 0 to 1 with q(-t) = 1 - q(t):
// f'(x) = 1 - f'(-x). `slope` is the one at -|t|, `t` has the sign of the gate's
// argument.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SelfGatedGradient(N dy, N t, Scaled<G> slope) {
  const Scaled<G> positive = Unscaled<G>(OnePlus(-Value(slope)));
  return Times(dy, Select(N::Of(0) < t, positive, slope));
}

// silu'(-a) = z (1 + z - a) / (1 + z)^2 with z = e^-a. Around the root r of
// 1 + z - a, with d = a - r: z = (r - 1) e^-d, so that 1 + z - a is
// (r - 1) expm1(-d) - d, two terms of one sign.
template <class G, class A>
ACT_FN Scaled<G> SiluSlope(A a) {
  using V = ValueOf<G>;
  const ArgumentOf<G> d = Distance<G>(AtMost(a, kDecayLimit<G>), kSiluRoot);
  const ExpParts<G> e = ReduceExp<G>(-d);
  const V z_root = Constant<V>(kSiluRootLessOne);
  const Scaled<G> z = Exp(e) * z_root;
  const V one_plus_z = OnePlus(Value(z));
  const V sum = z_root * Expm1(e) + -AsValue<G>(d);
  return HalfLess<G>(High(a), {0.5, 0}, z * (sum / (one_plus_z * one_plus_z)));
}

struct Sigmoid {
  static constexpr FunctionInfo kInfo{
      .name = "sigmoid",
      .formula = "1 / (1 + exp(-x))",
      .description = "The logistic function: gates, and the probability of one of two classes.",
      .range = "(0, 1)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {0, 0.5, 0.5, 1}, .gradient = {0, 0.25, 0.25, 0}},
      .reference = "Verhulst 1838; Rumelhart, Hinton, Williams 1986"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Gated<G>(N::Of(1), x);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return Times(dy, LogisticSlope<G>(Abs(x)));
  }
};

struct Silu {
  static constexpr FunctionInfo kInfo{
      .name = "silu",
      .formula = "x * sigmoid(x)",
      .description = "x gated by its own logistic: the smooth rectifier of EfficientNet and Llama.",
      .range = "[-0.27846, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Elfwing, Uchibe, Doya, Neural Networks 107, 2018"};
  static constexpr bool kNoFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Gated<G>(AboveMinusInfinity<G>(x), x);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return SelfGatedGradient(dy, x, SiluSlope<G>(Abs(x)));
  }
};

// x sigmoid(beta x): with t = beta x it is silu's formula.
template <class G, class N = NumberOf<G>>
ACT_FN ArgumentOf<G> SwishArgument(N x, ArgumentOf<G> beta) {
  // Finite, so that beta = 0 gives 0.
  const N most = N::Of(kGreatest<G>);
  const N finite = Max(-most, Min(x, most));
  const ArgumentOf<G> t = beta * finite;
  if constexpr (kIsQuick<G>) {
    return t;
  } else {
    // The product may still overflow, and the error of an infinite product is
    // not a number.
    const N product = beta.high * finite;
    return Select(IsInfinite(product), Pair<N>{product, N::Of(0)}, t);
  }
}

template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SwishForward(N x, ArgumentOf<G> beta) {
  const ArgumentOf<G> t = SwishArgument<G>(x, beta);
  // inf times a vanished gate is not a number; the limit is zero.
  const N most = N::Of(kGreatest<G>);
  const N finite = Max(-most, Min(x, most));
  return Gated<G>(Select(High(t) < N::Of(0), finite, x), t);
}

template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SwishGradient(N x, N dy, ArgumentOf<G> beta) {
  const ArgumentOf<G> t = SwishArgument<G>(x, beta);
  return SelfGatedGradient(dy, High(t), SiluSlope<G>(Absolute(t)));
}

struct Swish {
  static constexpr FunctionInfo kInfo{
      .name = "swish",
      .formula = "x * sigmoid(beta * x)",
      .description = "silu with a free gate: beta = 0 is x / 2, large beta is the rectifier.",
      .range = "[-0.27846 / beta, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Ramachandran, Zoph, Le, arXiv:1710.05941, 2017",
      .params = {{{.name = "beta",
                   .default_value = 1,
                   .minimum = -1e6,
                   .maximum = 1e6,
                   .differentiable = true,
                   .description = "steepness of the gate"}}}};
  static constexpr bool kNoFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    return SwishForward<G>(x, ParamOf<ArgumentOf<G>>(p, 0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    return SwishGradient<G>(x, dy, ParamOf<ArgumentOf<G>>(p, 0));
  }

  // d/dbeta x s(beta x) = x^2 s (1 - s).
  template <class G, size_t kParam, class N = NumberOf<G>>
  static ACT_FN N ParameterTerm(N x, N dy, const Params& p) {
    const ArgumentOf<G> t = SwishArgument<G>(x, ParamOf<ArgumentOf<G>>(p, 0));
    // Exponentials beat squares: the limit at inf is 0, unless beta is.
    const N term = x * (x * Rounded(Times(dy, LogisticSlope<G>(Absolute(t)))));
    return Select(IsInfinite(x), p.values[0] == 0 ? term : N::Of(0), term);
  }
};

struct GeluSigmoid {
  static constexpr FunctionInfo kInfo{
      .name = "gelu_sigmoid",
      .formula = "x * sigmoid(1.702 * x)",
      .description = "gelu by way of the logistic: the QuickGELU of CLIP.",
      .range = "[-0.16361, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Hendrycks, Gimpel, arXiv:1606.08415, 2016"};
  static constexpr bool kNoFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return SwishForward<G>(x, Constant<ArgumentOf<G>>(kGeluSigmoidBeta));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return SwishGradient<G>(x, dy, Constant<ArgumentOf<G>>(kGeluSigmoidBeta));
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_GATED_INL_H_
