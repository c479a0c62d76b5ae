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
  const Scaled<G> below = SettledDecay(slope);
  const Scaled<G> above = Unscaled<G>(OnePlus(-Term(below)));
  return Times(dy, Select(N::Of(0) < t, above, below));
}

// silu'(-a) = z (1 + z - a) / (1 + z)^2 with z = e^-a. Around the root r of
// 1 + z - a, with d = a - r: z = (r - 1) e^-d, so that 1 + z - a is
// (r - 1) expm1(-d) - d, two terms of one sign. For 0 <= a <= kDecayLimit.
template <class G>
ACT_FN Scaled<G> SiluSlope(NumberOf<G> a, ValueOf<G> d) {
  using V = ValueOf<G>;
  const ExpParts<G> e = ReduceExp<G>(-d);
  const V z_root = Constant<V>(kSiluRootLessOne);
  const Scaled<G> z = Exp(e) * z_root;
  const V one_plus_z = OnePlus(Term(z));
  const V sum = z_root * Expm1(e) + -d;
  return HalfLess<G>(a, {0.5, 0}, z * (sum / (one_plus_z * one_plus_z)));
}

// dy silu'(t) in floats, for t < -8.7: with z = e^t it is
// z ((1 + t) - z (1 + 2 t) + z^2 (1 + 3 t)), where the next term is nothing.
template <class A, class N = decltype(High(A()))>
ACT_FN N SiluGradientOfTail(N dy, A t) {
  using G = Fast<N>;
  const ExpParts<G> e = ReduceExp<G>(t);
  const N high = High(t);
  const N z = Settled(Exp(e)).mantissa;
  const N square = (z * z) * Fma(high, N::Of(3), N::Of(1));
  const N rest = Fma(-z, Fma(high, N::Of(2), N::Of(1)), square) + Low(t);
  return Times(dy, Settled(ExpTimes<G>(Pair<N>{high + N::Of(1), rest}, e)));
}

// dy silu'(t) in floats: the distance to the root times what is smooth, in
// segments, and below those the tail.
template <class A, class N = decltype(High(A()))>
ACT_FN N SiluGradientInFloats(N dy, A t, N above_root) {
  // Beyond this the slope is one, and just here so is what follows.
  constexpr double kEnd = 20.48;
  const Pair<N> ratio = InSegments(kSiluSlopeSegments, CappedAt(t, kEnd));
  const N distance = CappedAt(above_root, kEnd + kSiluRoot.high);
  const N slope = dy * Fma(ratio.high, distance, ratio.low * distance);
  const auto far = High(t) < N::Of(-8.7);
  if (!IsAny(far)) return slope;
  return Select(far, SiluGradientOfTail(dy, t), slope);
}

// silu'(t) = z (1 + z + t) / (1 + z)^2 with z = e^t, where the range is wide enough
// for both signs: for t at d above the root, 1 + z + t is z_root expm1(d) + d, two terms of one
// sign. Beyond 40 it is one.
template <class G, class N = NumberOf<G>>
ACT_FN N SiluSlopeOnBothSides(N above_root) {
  const N d = CappedAt(above_root, 41);
  const ExpParts<G> e = ReduceExp<G>(d);
  const N z_root = N::Of(kSiluRootLessOne.high);
  const N z = Exp(e).mantissa * z_root;
  const N one_plus_z = N::Of(1) + z;
  return z * Fma(z_root, Expm1(e), d) / (one_plus_z * one_plus_z);
}

// dy silu'(t) for |t| <= kDecayLimit.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SiluGradient(N dy, N t) {
  if constexpr (kInPairs<G>) {
    const N a = Abs(t);
    return SelfGatedGradient(dy, t, SiluSlope<G>(a, Distance<G>(a, kSiluRoot)));
  } else {
    const Pair<N> root = PairOf<N>(kSiluRoot);
    const N above_root = (t + root.high) + root.low;
    if constexpr (kIsFast<G>) {
      return SiluGradientInFloats(dy, t, above_root);
    } else {
      return dy * SiluSlopeOnBothSides<G>(above_root);
    }
  }
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
      .reference = "Verhulst 1838; Rumelhart, Hinton, Williams 1986",
      .used_in = "gates of LSTM and GRU, binary classifiers",
      .strengths = "bounded; reads as a probability",
      .weaknesses = "flat far from zero, so gradients vanish; not zero-centred"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Gated<G>(N::Of(1), Within(x, kDecayLimit<G>));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return Times(dy, LogisticSlope<G>(AtMost(Abs(x), kDecayLimit<G>)));
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
      .reference = "Elfwing, Uchibe, Doya, Neural Networks 107, 2018",
      .used_in = "EfficientNet, the U-Net of Stable Diffusion",
      .strengths = "smooth; keeps small negative signals",
      .weaknesses = "costs an exponential; not monotone"};

  // weight f(x) / x.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(N weight, N x) {
    return Gated<G>(weight, Within(x, kDecayLimit<G>));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Gate<G>(AboveMinusInfinity<G>(x), x);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return SiluGradient<G>(dy, Within(x, kDecayLimit<G>));
  }
};

// x between the numbers from which on beta x is all decayed, and finite, so that
// beta = 0 gives 0.
template <class G, class N = NumberOf<G>>
ACT_FN N WithinDecay(N x, RealConstant beta) {
  const N limit = N::Of(kDecayLimit<G>) / Abs(N::Of(beta.high));
  const N bound = Min(limit, N::Of(kGreatest<G>));
  return Max(Min(x, bound), -bound);
}

// beta x, between the limits of an exponential: x sigmoid(beta x) is then silu's
// formula.
template <class G, class N = NumberOf<G>>
ACT_FN ArgumentOf<G> SwishArgument(N x, RealConstant beta) {
  return Times(WithinDecay<G>(x, beta), Constant<ArgumentOf<G>>(beta));
}

// |beta x|.
template <class G, class N = NumberOf<G>>
ACT_FN ArgumentOf<G> SwishSize(N x, RealConstant beta) {
  const double sign = beta.high < 0 ? -1 : 1;
  return SwishArgument<G>(Abs(x), {sign * beta.high, sign * beta.low});
}

template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SwishForward(N x, RealConstant beta) {
  // inf times a vanished gate is not a number; the limit is zero.
  const N most = N::Of(kGreatest<G>);
  const N finite = beta.high < 0 ? Min(x, most) : beta.high > 0 ? Max(x, -most) : x;
  return Gated<G>(finite, SwishArgument<G>(x, beta));
}

// Where beta x passes silu's root: at the float `at` it is `above` that.
struct SwishRoot {
  double at;
  double above;
};

// Right to the last bits of a double, however little `above` is, and without branches, which
// would keep it in the kernels' loops. Where there is no root up to `most`, that or some other
// number is `at`.
ACT_FN SwishRoot SwishRootOf(RealConstant beta, double most) {
  const double divisor = beta.high + (beta.high == 0 ? 1.0 : 0.0);
  const double quotient = -kSiluRoot.high / divisor;
  const double bounded = quotient < -most ? -most : quotient > most ? most : quotient;
  const auto at = static_cast<double>(static_cast<float>(bounded));
  // Products of `at` and a half of beta are exact, and so are the first two sums.
  const auto leading = static_cast<double>(static_cast<float>(beta.high));
  const double sum = (leading * at + kSiluRoot.high) + (beta.high - leading) * at;
  return {at, (sum + (kSiluRoot.low + beta.low * at)) + kSiluRoot.lowest};
}

// dy silu'(beta x) for an x that is a float. The distance of beta x from the root is that of x
// from the float next to x's, which is exact nearby, times beta, and what that float leaves.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SwishGradient(N x, N dy, RealConstant beta) {
  // A float of FAST less another stays one.
  const SwishRoot root =
      SwishRootOf(beta, kIsFast<G> ? 0x1p100 : std::numeric_limits<float>::max());
  const N from_root = WithinDecay<G>(x, beta) - N::Of(root.at);
  if constexpr (kIsFast<G>) {
    const Pair<N> slope = PairOf<N>(beta);
    const N above_root = Fma(slope.high, from_root, Fma(slope.low, from_root, N::Of(root.above)));
    return SiluGradientInFloats(dy, SwishArgument<G>(x, beta), above_root);
  } else {
    static_assert(kIsQuick<G>);
    return dy * SiluSlopeOnBothSides<G>(Fma(N::Of(beta.high), from_root, N::Of(root.above)));
  }
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
                   .description = "steepness of the gate"}}},
      .used_in = "EfficientNet, with beta = 1",
      .strengths = "beta, given or learned, moves it from x / 2 to the rectifier",
      .weaknesses = "costs an exponential; not monotone; one more parameter"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    return SwishForward<G>(x, {p.values[0], 0});
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    const RealConstant beta = {p.values[0], 0};
    if constexpr (kInPairs<G>) {
      // The product of two doubles is exact.
      const Pair<N> t = SwishArgument<G>(x, beta);
      const Pair<N> a = Absolute(t);
      return SelfGatedGradient(dy, t.high, SiluSlope<G>(a.high, Distance<G>(a, kSiluRoot)));
    } else {
      return SwishGradient<G>(x, dy, beta);
    }
  }

  // d/dbeta x s(beta x) = x^2 s (1 - s).
  template <class G, size_t kParam, class N = NumberOf<G>>
  static ACT_FN N ParameterTerm(N x, N dy, const Params& p) {
    const ArgumentOf<G> t = SwishSize<G>(x, {p.values[0], 0});
    // The square and the slope may be out of range although their product is not.
    const N within = WithinDecay<G>(x, {p.values[0], 0});
    const N power = ExponentWithin(within);
    const N leading = within * PowerOfTwo(-power);
    const Scaled<G> slope = LogisticSlope<G>(t) * Product<ValueOf<G>>(leading, leading);
    const N term = Rounded(Times(dy, Scaled<G>{slope.mantissa, slope.exponent + (power + power)}));
    // Exponentials beat squares: from where all is decayed to inf it is 0, unless beta is.
    const N limit = p.values[0] == 0 ? dy * Abs(x) : N::Of(0);
    return Select(within == x, term, limit);
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
      .reference = "Hendrycks, Gimpel, arXiv:1606.08415, 2016",
      .used_in = "CLIP",
      .strengths = "the cheapest form of gelu: one exponential",
      .weaknesses = "up to 0.021 from gelu; not monotone"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return SwishForward<G>(x, kGeluSigmoidBeta);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    if constexpr (kInPairs<G>) {
      // That with 1.702 is not, but the distance of x from its root is.
      const N a = Abs(WithinDecay<G>(x, kGeluSigmoidBeta));
      const Pair<N> beta = PairOf<N>(kGeluSigmoidBeta);
      const Pair<N> d = Distance<G>(a, kGeluSigmoidRoot) * beta;
      return SelfGatedGradient(dy, x, SiluSlope<G>(a * beta.high, d));
    } else {
      return SwishGradient<G>(x, dy, kGeluSigmoidBeta);
    }
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
      .reference = "Misra, arXiv:1908.08681, 2019",
      .used_in = "YOLOv4",
      .strengths = "smooth; keeps small negative signals",
      .weaknesses = "costs more than silu; not monotone"};

  // tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2), and for great x one.
  // Where e^2x may be out of range, in z = e^-|x|: for x < 0
  // z (2 + z) / (2 + z (2 + z)), for others (1 + 2 z) / (1 + 2 z + 2 z^2).
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    if constexpr (kIsFast<G>) return ForwardInFloats<G>(x);
    if constexpr (kIsQuick<G>) {
      const N z = Term(Exp(ReduceExp<G>(Max(Min(x, N::Of(40)), N::Of(-kDecayLimit<G>)))));
      const N n = Fma(z, z, z + z);
      return AboveMinusInfinity<G>(x) * n / (n + N::Of(2));
    }
    const Scaled<G> scaled = ExpMinus<G>(AtMost(Abs(x), kDecayLimit<G>));
    const V z = Term(scaled);
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
  // For others that may be out of range, and with z = e^-x and Q = 1 + 2 z + 2 z^2 it is
  // ((1 + 2 z) Q + 4 x z^2 (1 + z)) / Q^2.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using V = ValueOf<G>;
    using A = ArgumentOf<G>;
    const auto negative = x < N::Of(0);
    if constexpr (kIsFast<G>) return GradientInFloats<G>(x, dy);
    if constexpr (kIsQuick<G>) return dy * SlopeOnBothSides<G>(x);
    const N a = AtMost(Abs(x), kDecayLimit<G>);
    const V d = -Distance<G>(a, kMishRoot);
    const ExpParts<G> e = ReduceExp<G>(Select(negative, Exactly<A>(d), Exactly<A>(-a)));
    const V z_root = Constant<V>(kMishRootExp);
    const Scaled<G> plain = Exp(e);
    const Scaled<G> scaled = Select(negative, plain * z_root, plain);
    const V z = Term(scaled);
    const V square = z * z;
    const V two_z = z * N::Of(2);
    const V p = (square + two_z) + N::Of(2);
    const V factor =
        (square + z_root * (z + z_root)) + ((z + z_root) * N::Of(4) + Constant<V>(kMishConstant));
    const V sum = (z_root * Expm1(e)) * factor + d * (OneMore(z) * N::Of(4));
    const V q = (square * N::Of(2) + two_z) + N::Of(1);
    const V above = OneMore(two_z) * q + (square * a) * (OneMore(z) * N::Of(4));
    const Scaled<G> slope =
        Select(negative, scaled * (sum / (p * p)), Unscaled<G>(above / (q * q)));
    return Times(dy, slope);
  }

 private:
  // The slope where the range is wide enough for x of both signs: for d > 0 the sum is
  // of one sign, too. Beyond 20 it is one.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N SlopeOnBothSides(N x) {
    constexpr double kRootExp = kMishRootExp.high;
    const N within = Max(Min(x, N::Of(20)), N::Of(-kDecayLimit<G>));
    const N d = (within + N::Of(kMishRoot.high)) + N::Of(kMishRoot.low);
    const ExpParts<G> e = ReduceExp<G>(d);
    const N z = Exp(e).mantissa * N::Of(kRootExp);
    const N rise = Expm1(e) * N::Of(kRootExp);
    // z^2 + z z_r + z_r^2 + 4 (z + z_r) + 6 + 4 r.
    const N factor =
        Fma(z, z + N::Of(kRootExp + 4), N::Of(kRootExp * (kRootExp + 4) + kMishConstant.high));
    const N sum = Fma(rise, factor, d * Fma(z, N::Of(4), N::Of(4)));
    const N p = Fma(z, z + N::Of(2), N::Of(2));
    return z * sum / (p * p);
  }

  // The gate in segments; below them it is z - z^2 / 2 with z = e^x.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N ForwardInFloats(N x) {
    const Pair<N> gate = InSegments(kMishSegments, CappedAt(x, 9.2));
    // Not in two products: a zero would lose its sign.
    const N middle = x * (gate.high + gate.low);
    const auto far = x < N::Of(-9.9);
    if (!IsAny(far)) return middle;
    const N t = Max(x, N::Of(-kDecayLimit<G>));
    const ExpParts<G> e = ReduceExp<G>(t);
    const N z = Settled(Exp(e)).mantissa;
    const Pair<N> sum = {t, t * (z * N::Of(-0.5))};
    return Select(far, Times(N::Of(1), ExpTimes<G>(sum, e)), middle);
  }

  // The same for the slope over its distance to the root; below the segments it is
  // z (1 + x) - z^2 (1/2 + x).
  template <class G, class N = NumberOf<G>>
  static ACT_FN N GradientInFloats(N x, N dy) {
    // Beyond this the slope is one, and just here so is what follows.
    const N capped = CappedAt(x, 10.38);
    const Pair<N> ratio = InSegments(kMishSlopeSegments, capped);
    const N slope = dy * ((ratio.high + ratio.low) * -Distance<G>(-capped, kMishRoot));
    const auto far = x < N::Of(-9.9);
    if (!IsAny(far)) return slope;
    const N t = Max(x, N::Of(-kDecayLimit<G>));
    const ExpParts<G> e = ReduceExp<G>(t);
    const N z = Settled(Exp(e)).mantissa;
    const Pair<N> sum = {t + N::Of(1), -z * (t + N::Of(0.5))};
    return Select(far, Times(dy, Settled(ExpTimes<G>(sum, e))), slope);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_GATED_INL_H_
