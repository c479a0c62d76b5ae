// Every activation function: formula, derivative and what is known about it, in
// one struct each, and the list of them at the end. A new function is one more
// struct and one more entry of that list, nothing else
// (docs/adding_a_function.md). Include after a host's primitives.
//
// `Forward(x, p)` is f(x) and `Gradient(x, dy, p)` is dy * f'(x), for a vector
// of numbers N. NaN needs no care: every host returns NaN where x is NaN. Where
// f is piecewise linear the gradient selects, so that dy = inf times a zero
// slope is 0; where it is smooth it multiplies. `ParameterTerm<i>(x, dy, p)` is
// dy * df/dp_i, for parameters marked differentiable.
#if defined(ACT_DEFINITIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_INL_H_
#undef ACT_DEFINITIONS_INL_H_
#else
#define ACT_DEFINITIONS_INL_H_
#endif

#include <limits>

#include "src/functions/function_info.h"
#include "src/functions/math-inl.h"
#include "src/functions/type_list.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

template <class N>
ACT_FN Pair<N> ParamOf(const Params& p, size_t index) {
  return PairOf<N>(RealConstant{p.values[index], 0});
}

template <class N>
ACT_FN typename N::Mask IsInfinite(N x) {
  return Abs(x) == N::Of(std::numeric_limits<double>::infinity());
}

// f(x) = x * q(t) where q rises from 0 to 1 with q(-t) = 1 - q(t): every gated
// function here. `tail` is q(-|t|), `t` has the sign of the gate's argument; the
// negative side is x * tail, the positive one x - x * tail.
template <class N>
ACT_FN N SelfGated(N x, N t, Scaled<N> tail) {
  const N negative = Times(x, tail);
  const Pair<N> gate = Value(tail);
  const N product = x * gate.high;
  const N product_low = Fma(x, gate.low, Fma(x, gate.high, -product));
  const Pair<N> difference = FastTwoSum(x, -product);
  const N positive = RoundSum(difference.high, difference.low - product_low);
  const N y = Select(N::Of(0) < t, positive, negative);
  // inf times a vanished tail is not a number; the limit is inf or 0.
  return Select(IsInfinite(x), Select(t < N::Of(0), CopySign(N::Of(0), x), x), y);
}

// Its derivative has f'(x) = 1 - f'(-x): `slope` is the one at -|t|.
template <class N>
ACT_FN N SelfGatedGradient(N dy, N t, Scaled<N> slope) {
  const Pair<N> value = Value(slope);
  const Pair<N> positive = OnePlus(-value);
  return Select(N::Of(0) < t, RoundProduct(positive, dy), Times(dy, slope));
}

// silu'(-a) = z (1 + z - a) / (1 + z)^2 with z = e^-a. Around the root r of
// 1 + z - a, with d = a - r: z = (r - 1) e^-d, so that 1 + z - a is
// (r - 1) expm1(-d) - d, two terms of one sign.
template <class N>
ACT_FN Scaled<N> SiluSlope(Pair<N> a) {
  const Pair<N> d = Decaying(a) + -PairOf<N>(kSiluRoot);
  const ExpParts<N> e = ReduceExp(-d);
  const Pair<N> z_root = PairOf<N>(kSiluRootLessOne);
  const Scaled<N> z = {z_root, N::Of(1)};
  const Scaled<N> exp_d = ScaledExp(e);
  const Scaled<N> tail = {z.mantissa * exp_d.mantissa, exp_d.step};
  const Pair<N> one_plus_z = OnePlus(Value(tail));
  return tail * ((z_root * Expm1(e) + -d) / (one_plus_z * one_plus_z));
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

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    // 1 / (1 + z) or z / (1 + z) with z = e^-|x|: 1 / (1 + e^-x) would overflow
    // to zero where the true value is still representable.
    const Scaled<N> z = ScaledExp(ReduceExp(-Decaying(Pair<N>{Abs(x), N::Of(0)})));
    const auto negative = x < N::Of(0);
    const Pair<N> one = {N::Of(1), N::Of(0)};
    const Scaled<N> numerator = {Select(negative, z.mantissa, one),
                                 Select(negative, z.step, N::Of(1))};
    return Times(N::Of(1), numerator / OnePlus(Value(z)));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    return Times(dy, LogisticSlope(Pair<N>{Abs(x), N::Of(0)}));
  }
};

struct Tanh {
  static constexpr FunctionInfo kInfo{
      .name = "tanh",
      .formula = "tanh(x)",
      .description = "The hyperbolic tangent: zero-centred, the gate of recurrent networks.",
      .range = "(-1, 1)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, 1}, .gradient = {0, 1, 1, 0}},
      .reference = "LeCun, Bottou, Orr, Mueller, Efficient BackProp, 1998"};

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    // -t / (2 + t) with t = expm1(-2|x|), which keeps its accuracy near zero.
    const Pair<N> a = AtMost(Pair<N>{Abs(x), N::Of(0)}, kIsFloat<N> ? 20 : 40);
    const Pair<N> t = Expm1(ReduceExp(Pair<N>{a.high * N::Of(-2), N::Of(0)}));
    const Pair<N> y = -t / (t + N::Of(2));
    return CopySign(RoundSum(y), x);
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    // tanh' = 4 w / (1 + w)^2 with w = e^-2|x|; 1 - tanh^2 has no correct bits
    // in the tails.
    const Scaled<N> slope = LogisticSlope(Pair<N>{Abs(x) * N::Of(2), N::Of(0)});
    const N four = N::Of(4);
    return Times(dy,
                 Scaled<N>{{slope.mantissa.high * four, slope.mantissa.low * four}, slope.step});
  }
};

struct Relu {
  static constexpr FunctionInfo kInfo{
      .name = "relu",
      .formula = "x > 0 ? x : 0",
      .description = "The rectifier: cheap and sparse; units that never fire stop learning.",
      .range = "[0, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {0, 0, 0, kInfinity}, .gradient = {0, 0, 0, 1}},
      .reference = "Nair, Hinton, ICML 2010"};

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    return Select(N::Of(0) < x, x, N::Of(0));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    return Select(N::Of(0) < x, dy, N::Of(0));
  }
};

struct Relu6 {
  static constexpr FunctionInfo kInfo{
      .name = "relu6",
      .formula = "x > 0 ? (x < 6 ? x : 6) : 0",
      .description = "The rectifier cut at 6: keeps low-precision mobile networks in range.",
      .range = "[0, 6]",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {0, 0, 0, 6}, .gradient = {0, 0, 0, 0}},
      .reference = "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010"};

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    const N six = N::Of(6);
    return Select(N::Of(0) < x, Select(x < six, x, six), N::Of(0));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    return Select((N::Of(0) < x) & (x < N::Of(6)), dy, N::Of(0));
  }
};

struct LeakyRelu {
  static constexpr FunctionInfo kInfo{
      .name = "leaky_relu",
      .formula = "x > 0 ? x : slope * x",
      .description = "The rectifier with a small slope below zero, so that no unit dies.",
      .range = "(-inf, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {-kInfinity, -0.0, 0, kInfinity}, .gradient = {0.01, 0.01, 0.01, 1}},
      .reference = "Maas, Hannun, Ng, ICML 2013",
      .params = {{{.name = "slope",
                   .default_value = 0.01,
                   .minimum = -1e6,
                   .maximum = 1e6,
                   .differentiable = true,
                   .description = "slope for x <= 0"}}}};

  template <class N>
  static ACT_FN N Sloped(N x, const Params& p) {
    return RoundProduct(ParamOf<N>(p, 0), x);
  }

  template <class N>
  static ACT_FN N Forward(N x, const Params& p) {
    return Select(N::Of(0) < x, x, Sloped(x, p));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params& p) {
    return Select(N::Of(0) < x, dy, Sloped(dy, p));
  }

  template <size_t kParam, class N>
  static ACT_FN N ParameterTerm(N x, N dy, const Params&) {
    return Select(N::Of(0) < x, N::Of(0), dy * x);
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

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    return SelfGated(x, x, LogisticTail(Pair<N>{Abs(x), N::Of(0)}));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    return SelfGatedGradient(dy, x, SiluSlope(Pair<N>{Abs(x), N::Of(0)}));
  }
};

// x sigmoid(beta x): with t = beta x in a Pair it is silu's formula.
template <class N>
ACT_FN Pair<N> SwishArgument(N x, Pair<N> beta) {
  // Finite, so that beta = 0 gives 0. The product may still overflow, and the
  // error of an infinite product is not a number.
  const N most = N::Of(std::numeric_limits<typename N::Real>::max());
  const N finite = Select(IsInfinite(x), CopySign(most, x), x);
  const N product = beta.high * finite;
  return Select(IsInfinite(product), Pair<N>{product, N::Of(0)}, beta * finite);
}

template <class N>
ACT_FN Pair<N> AbsOf(Pair<N> t) {
  return Select(t.high < N::Of(0), -t, t);
}

template <class N>
ACT_FN N SwishForward(N x, Pair<N> beta) {
  const Pair<N> t = SwishArgument(x, beta);
  return SelfGated(x, t.high, LogisticTail(AbsOf(t)));
}

template <class N>
ACT_FN N SwishGradient(N x, N dy, Pair<N> beta) {
  const Pair<N> t = SwishArgument(x, beta);
  return SelfGatedGradient(dy, t.high, SiluSlope(AbsOf(t)));
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

  template <class N>
  static ACT_FN N Forward(N x, const Params& p) {
    return SwishForward(x, ParamOf<N>(p, 0));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params& p) {
    return SwishGradient(x, dy, ParamOf<N>(p, 0));
  }

  // d/dbeta x s(beta x) = x^2 s (1 - s).
  template <size_t kParam, class N>
  static ACT_FN N ParameterTerm(N x, N dy, const Params& p) {
    const Scaled<N> slope = LogisticSlope(AbsOf(SwishArgument(x, ParamOf<N>(p, 0))));
    // Exponentials beat squares: the limit at inf is 0, unless beta is.
    const N term = x * (x * Times(dy, slope));
    return Select(IsInfinite(x), p.values[0] == 0 ? term : N::Of(0), term);
  }
};

struct Gelu {
  static constexpr FunctionInfo kInfo{
      .name = "gelu",
      .formula = "x / 2 * erfc(-x / sqrt(2))",
      .description = "x gated by the normal distribution, x Phi(x): the unit of BERT and GPT.",
      .range = "[-0.16997, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Hendrycks, Gimpel, arXiv:1606.08415, 2016"};

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    return SelfGated(x, x, NormalTail(Abs(x)));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    // gelu'(-a) = Phi(-a) - a phi(a) = e^(-a^2/2) (r - a) Q(u), r its root and Q
    // smooth and positive up to infinity.
    const NormalParts<N> parts = ReduceNormal(Abs(x));
    const Pair<N> a = AtMost(Pair<N>{Abs(x), N::Of(0)}, kIsFloat<N> ? 20 : 54.2);
    Pair<N> q;
    if constexpr (kIsFloat<N>) {
      q = PairPolynomial(kGeluSlopeFloat, parts.u);
    } else {
      q = PairPolynomial(kGeluSlopeDouble, parts.u);
    }
    const Pair<N> to_root = PairOf<N>(kGeluRoot) + -a;
    return SelfGatedGradient(dy, x, parts.density * (to_root * q));
  }
};

struct GeluTanh {
  static constexpr FunctionInfo kInfo{
      .name = "gelu_tanh",
      .formula = "x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3))",
      .description =
          "gelu by way of tanh, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): GPT-2's.",
      .range = "[-0.17004, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Hendrycks, Gimpel, arXiv:1606.08415, 2016"};

  // The gate's argument at a >= 0: c1 a + c3 a^3.
  template <class N>
  static ACT_FN Pair<N> Clamped(N x) {
    return AtMost(Pair<N>{Abs(x), N::Of(0)}, kIsFloat<N> ? 13.7 : 27.2);
  }

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    const N a = Clamped(x).high;
    const Pair<N> cubic = PairOf<N>(kGeluTanhC3) * TwoProduct(a, a) + PairOf<N>(kGeluTanhC1);
    return SelfGated(x, x, LogisticTail(cubic * a));
  }

  // As SiluSlope, with A = c1 a + c3 a^3 for a in the exponential and
  // B = c1 a + 3 c3 a^3 = -x dA/dx in the sum: f'(-a) = z (1 + z - B) / (1 + z)^2,
  // z = e^-A. Around the root r of 1 + z - B, with d = a - r and
  // s = a^2 + a r + r^2: A - A(r) = d (c1 + c3 s), B - B(r) = d (c1 + 3 c3 s).
  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    const Pair<N> root = PairOf<N>(kGeluTanhRoot);
    const Pair<N> c1 = PairOf<N>(kGeluTanhC1);
    const Pair<N> a = Clamped(x);
    const Pair<N> d = a + -root;
    const Pair<N> s = (a + root) * a.high + root * root;
    const Pair<N> c3_s = PairOf<N>(kGeluTanhC3) * s;
    const ExpParts<N> e = ReduceExp(-(d * (c3_s + c1)));
    const Pair<N> b = d * (c3_s * N::Of(3) + c1);
    const Pair<N> z_root = PairOf<N>(kGeluTanhRootExp);
    const Scaled<N> z = ScaledExp(e) * z_root;
    const Pair<N> one_plus_z = OnePlus(Value(z));
    const Pair<N> sum = z_root * Expm1(e) + -b;
    return SelfGatedGradient(dy, x, z * (sum / (one_plus_z * one_plus_z)));
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

  template <class N>
  static ACT_FN N Forward(N x, const Params&) {
    return SwishForward(x, PairOf<N>(kGeluSigmoidBeta));
  }

  template <class N>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    return SwishGradient(x, dy, PairOf<N>(kGeluSigmoidBeta));
  }
};

// The catalogue, in the order in which it is listed.
using AllFunctions =
    TypeList<Sigmoid, Tanh, Relu, Relu6, LeakyRelu, Silu, Swish, Gelu, GeluTanh, GeluSigmoid>;

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_INL_H_
