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

struct Mish {
  static constexpr FunctionInfo kInfo{
      .name = "mish",
      .formula = "x * tanh(max(x, 0) + log(1 + exp(-abs(x))))",
      .description =
          "x gated by tanh of softplus: smooth like silu, with a slightly deeper dip; YOLOv4.",
      .range = "[-0.30884, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.6, 0.6, 1}},
      .reference = "Misra, arXiv:1908.08681, 2019"};
  static constexpr bool kNoFastForward = true;
  static constexpr bool kNoFastGradient = true;

  // tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2). In z = e^-|x|: for
  // x < 0 z (2 + z) / (2 + z (2 + z)), for others (1 + 2 z) / (1 + 2 z + 2 z^2).
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    const Scaled<G> scaled = ExpMinus<G>(Abs(x));
    const V z = Value(scaled);
    const V two_z = z * N::Of(2);
    const V square = z * z;
    const auto negative = x < N::Of(0);
    const Scaled<G> below = scaled * (z + N::Of(2));
    const Scaled<G> numerator = Select(negative, below, Unscaled<G>(OneMore(two_z)));
    const V rest =
        Select(negative, (square + two_z) + N::Of(2), (square * N::Of(2) + two_z) + N::Of(1));
    return Times(AboveMinusInfinity<G>(x), numerator / rest);
  }

  // With P = z^2 + 2 z + 2: for x < 0, z = e^x, z ((z + 2) P + 4 x (1 + z)) / P^2;
  // around its root r the sum is, with d = x - r and D = z - z_r,
  // D (z^2 + z z_r + z_r^2 + 4 (z + z_r) + 6 + 4 r) + 4 d (1 + z), of one sign.
  // For others, z = e^-x and Q = 1 + 2 z + 2 z^2,
  // ((1 + 2 z) Q + 4 x z^2 (1 + z)) / Q^2.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using V = ValueOf<G>;
    using A = ArgumentOf<G>;
    const auto negative = x < N::Of(0);
    const N a = AtMost(Abs(x), kDecayLimit<G>);
    const A d = -Distance<G>(a, kMishRoot);
    const ExpParts<G> e = ReduceExp<G>(Select(negative, d, Exactly<A>(-a)));
    const V z_root = Constant<V>(kMishRootExp);
    const Scaled<G> plain = Exp(e);
    const Scaled<G> scaled = Select(negative, plain * z_root, plain);
    const V z = Value(scaled);
    const V square = z * z;
    const V two_z = z * N::Of(2);
    const V p = (square + two_z) + N::Of(2);
    const V factor =
        (square + z_root * (z + z_root)) + ((z + z_root) * N::Of(4) + Constant<V>(kMishConstant));
    const V sum = (z_root * Expm1(e)) * factor + AsValue<G>(d) * (OneMore(z) * N::Of(4));
    const V q = (square * N::Of(2) + two_z) + N::Of(1);
    const V above = OneMore(two_z) * q + (square * a) * (OneMore(z) * N::Of(4));
    const Scaled<G> slope =
        Select(negative, scaled * (sum / (p * p)), Unscaled<G>(above / (q * q)));
    return Times(dy, slope);
  }
};

// (max(t, 0) + log(1 + e^-|t|)) / beta with t = beta x and `inverse` 1 / beta.
template <class G, class A, class N = NumberOf<G>>
ACT_FN ValueOf<G> SoftplusForward(N x, A t, ValueOf<G> inverse) {
  using V = ValueOf<G>;
  const Scaled<G> z = ExpMinus<G>(Absolute(t));
  const Scaled<G> log = z * (Log1pOver<G>(Value(z)) * inverse);
  return Select(x < N::Of(0), Times(N::Of(1), log), SumOf(Exactly<V>(x), Value(log)));
}

struct Softplus {
  static constexpr FunctionInfo kInfo{
      .name = "softplus",
      .formula = "max(x, 0) + log(1 + exp(-abs(beta * x))) / beta",
      .description =
          "The rectifier rounded off, log(1 + e^(beta x)) / beta: positive, its slope the "
          "logistic.",
      .range = "(0, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {0, 0.69314718055994530942, 0.69314718055994530942, kInfinity},
                  .gradient = {0, 0.5, 0.5, 1}},
      .reference = "Dugas et al., NeurIPS 2000",
      .params = {{{.name = "beta",
                   .default_value = 1,
                   .minimum = 1e-6,
                   .maximum = 1e6,
                   .description = "steepness of the bend"}}}};
  static constexpr bool kNoFastForward = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    using V = ValueOf<G>;
    const ArgumentOf<G> t = SwishArgument<G>(x, ParamOf<ArgumentOf<G>>(p, 0));
    return SoftplusForward<G>(x, t, Exactly<V>(N::Of(1)) / ParamOf<V>(p, 0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    return Gated<G>(dy, SwishArgument<G>(x, ParamOf<ArgumentOf<G>>(p, 0)));
  }
};

struct LogSigmoid {
  static constexpr FunctionInfo kInfo{
      .name = "log_sigmoid",
      .formula = "min(x, 0) - log(1 + exp(-abs(x)))",
      .description = "The logarithm of the logistic function: log-probabilities without overflow.",
      .range = "(-inf, 0)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-kInfinity, -0.69314718055994530942, -0.69314718055994530942, -0.0},
                  .gradient = {1, 0.5, 0.5, 0}},
      .reference = "ONNX and PyTorch operator LogSigmoid"};
  static constexpr bool kNoFastForward = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return -SoftplusForward<G>(-x, -x, Exactly<ValueOf<G>>(N::Of(1)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return Gated<G>(dy, -x);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_GATED_INL_H_
