// Every activation function: formula, derivative and what is known about it, in
// one struct each, and the list of them at the end. A new function is one more
// struct and one more entry of that list, nothing else
// (docs/adding_a_function.md). Include after a host's primitives.
//
// `Forward<G>(x, p)` is f(x) and `Gradient<G>(x, dy, p)` is dy * f'(x), for a
// vector of numbers N and a grade G (grades-inl.h), as a number or as the
// grade's value. NaN needs no care: every host returns NaN where x is NaN. Where
// f is piecewise linear the gradient selects, so that dy = inf times a zero
// slope is 0; where it is smooth it multiplies. Where floats would be outside the
// bounds of the FAST tier or no faster, `kNoFastForward` or `kNoFastGradient`
// has that tier give the EXACT one's results. `ParameterTerm<G, i>(x, dy, p)`
// is dy * df/dp_i, for parameters marked differentiable.
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
ACT_FN typename N::Mask IsInfinite(N x) {
  return Abs(x) == N::Of(std::numeric_limits<double>::infinity());
}

template <class V>
ACT_FN V ParamOf(const Params& p, size_t index) {
  return Constant<V>(RealConstant{p.values[index], 0});
}

template <class N>
ACT_FN N Absolute(N x) {
  return Abs(x);
}

template <class N>
ACT_FN Pair<N> Absolute(Pair<N> x) {
  return Select(x.high < N::Of(0), -x, x);
}

// A value >= 0 with the sign of x.
template <class N>
ACT_FN N WithSignOf(N x, N size) {
  return CopySign(size, x);
}

template <class N>
ACT_FN Pair<N> WithSignOf(N x, Pair<N> size) {
  return {CopySign(size.high, x), size.low * CopySign(N::Of(1), x)};
}

// The greatest number that comes in or goes out.
template <class G>
inline constexpr double kGreatest = G::kWide || sizeof(typename NumberOf<G>::Real) == 4
                                        ? std::numeric_limits<float>::max()
                                        : std::numeric_limits<double>::max();

// x with -inf made finite: times a vanishing gate that is the limit, -0.
template <class G, class N = NumberOf<G>>
ACT_FN N AboveMinusInfinity(N x) {
  return Max(N::Of(-kGreatest<G>), x);
}

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

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    // (z - 1) / (z + 1) with z = e^-2|x|; z - 1 keeps its accuracy near zero.
    const N a = AtMost(Abs(x), kInPairs<G> ? 60 : 20);
    const ExpParts<G> z = ReduceExp<G>(a * N::Of(-2));
    return WithSignOf(x, -(Expm1(z) / ExpPlus(z, N::Of(1))));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    // tanh' = 4 w / (1 + w)^2 with w = e^-2|x|; 1 - tanh^2 has no correct bits
    // in the tails.
    return Times(dy, LogisticSlope<G>(Abs(x) * N::Of(2)) * Exactly<ValueOf<G>>(N::Of(4)));
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

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params&) {
    return Select(N::Of(0) < x, x, N::Of(0));
  }

  template <class G, class N = NumberOf<G>>
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

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params&) {
    const N six = N::Of(6);
    return Select(N::Of(0) < x, Select(x < six, x, six), N::Of(0));
  }

  template <class G, class N = NumberOf<G>>
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

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Sloped(N x, N y, const Params& p) {
    using V = ValueOf<G>;
    return Select(N::Of(0) < x, Exactly<V>(y), Times(y, ParamOf<V>(p, 0)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    return Sloped<G>(x, x, p);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    return Sloped<G>(x, dy, p);
  }

  template <class G, size_t kParam, class N = NumberOf<G>>
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
  static constexpr bool kNoFastForward = true;
  static constexpr bool kNoFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    const Scaled<G> tail = NormalTail<G>(Abs(x));
    const Scaled<G> rest = Unscaled<G>(OnePlus(-Value(tail)));
    return Times(AboveMinusInfinity<G>(x), Select(x < N::Of(0), tail, rest));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    // gelu'(-a) = Phi(-a) - a phi(a) = e^(-a^2/2) (r - a) Q(u), r its root and Q
    // smooth and positive up to infinity.
    using V = ValueOf<G>;
    const NormalParts<G> parts = ReduceNormal<G>(Abs(x));
    const N a = AtMost(Abs(x), kNormalLimit<G>);
    const V q = PolynomialOf<G>(kGeluSlopeFast, kGeluSlopeQuick, kGeluSlopeCareful,
                                kGeluSlopeCertain, parts.u);
    const V to_root = -AsValue<G>(Distance<G>(a, kGeluRoot));
    const RealConstant slope = {2 * kNormalDensityAtZero.high, 0};
    return SelfGatedGradient(dy, x, HalfLess<G>(a, slope, parts.density * (to_root * q)));
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
  static constexpr bool kNoFastForward = true;
  static constexpr bool kNoFastGradient = true;

  // The size of x up to where the gate's argument, c1 a + c3 a^3, is all decayed.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N Clamped(N x) {
    return AtMost(Abs(x), !G::kWide && kInPairs<G> ? 27.2 : 13.7);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using A = ArgumentOf<G>;
    const N a = CopySign(Clamped<G>(x), x);
    const A cubic = Constant<A>(kGeluTanhC3) * Product<A>(a, a) + Constant<A>(kGeluTanhC1);
    return Gated<G>(AboveMinusInfinity<G>(x), cubic * a);
  }

  // As SiluSlope, with A = c1 a + c3 a^3 for a in the exponential and
  // B = c1 a + 3 c3 a^3 = -x dA/dx in the sum: f'(-a) = z (1 + z - B) / (1 + z)^2,
  // z = e^-A. Around the root r of 1 + z - B, with d = a - r and
  // s = a^2 + a r + r^2: A - A(r) = d (c1 + c3 s), B - B(r) = d (c1 + 3 c3 s).
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using A = ArgumentOf<G>;
    using V = ValueOf<G>;
    const A root = Constant<A>(kGeluTanhRoot);
    const A c1 = Constant<A>(kGeluTanhC1);
    const N a = Clamped<G>(x);
    const A d = Distance<G>(a, kGeluTanhRoot);
    const A s = (root + a) * a + root * root;
    const A c3_s = Constant<A>(kGeluTanhC3) * s;
    const ExpParts<G> e = ReduceExp<G>(-(d * (c3_s + c1)));
    const V b = AsValue<G>(d * (c3_s * N::Of(3) + c1));
    const V z_root = Constant<V>(kGeluTanhRootExp);
    const Scaled<G> z = Exp(e) * z_root;
    const V one_plus_z = OnePlus(Value(z));
    const V sum = z_root * Expm1(e) + -b;
    const Scaled<G> slope = z * (sum / (one_plus_z * one_plus_z));
    return SelfGatedGradient(dy, x, HalfLess<G>(a, {kGeluTanhC1.high / 2, 0}, slope));
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

// The catalogue, in the order in which it is listed.
using AllFunctions =
    TypeList<Sigmoid, Tanh, Relu, Relu6, LeakyRelu, Silu, Swish, Gelu, GeluTanh, GeluSigmoid>;

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_INL_H_
