// sigmoid, the logistic function, and what it weighs x by: silu, swish and gelu_sigmoid.
#if defined(ACT_DEFINITIONS_SIGMOID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_SIGMOID_INL_H_
#undef ACT_DEFINITIONS_SIGMOID_INL_H_
#else
#define ACT_DEFINITIONS_SIGMOID_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// The gate and the slope at one argument, by one exponential: for gradients of gated functions.
template <class N>
struct GateAndSlope {
  N gate;   // of sigmoid itself, of a self-gated f what x is multiplied by
  N slope;  // f'(x)
};

// q(t) for a q with q(t) = 1 - q(-t), of which `below` is q(-|t|).
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> OnBothSides(N t, Scaled<G> below) {
  return Select(N::Of(0) < t, Unscaled<G>(OnePlus(-Term(below))), below);
}

// dy * f'(x) for f(x) = x q(t) where q rises from 0 to 1 with q(-t) = 1 - q(t):
// f'(x) = 1 - f'(-x). `slope` is the one at -|t|, `t` has the sign of the gate's
// argument.
template <class G, class W, class N = NumberOf<G>>
ACT_FN ValueOf<G> SelfGatedGradient(W dy, N t, Scaled<G> slope) {
  return Times(dy, OnBothSides(t, SettledDecay(slope)));
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

// Beyond this silu's slope is one in floats, and just here so is what SiluGradientInFloats() makes
// of its table.
inline constexpr double kSiluEnd = 20.48;

// dy silu'(t) in floats for t <= kSiluEnd: the distance to the root times what is smooth, in
// segments, and below those the tail.
template <class A, class N = decltype(High(A()))>
ACT_FN N SiluGradientInFloats(N dy, A t, Pair<N> above_root) {
  const N slope = dy * RatioTimes(InSegments(kSiluSlopeSegments, t), above_root);
  const auto far = High(t) < N::Of(-8.7);
  if (!IsAny(far)) return slope;
  return Select(far, SiluGradientOfTail(dy, t), slope);
}

// The logistic, z / (1 + z) with z = e^t, and silu'(t) = z (1 + z + t) / (1 + z)^2, where the
// range is wide enough for both signs: for t at d above the root, 1 + z + t is z_root expm1(d) + d,
// two terms of one sign. Beyond 40 both are one.
template <class G, class N = NumberOf<G>>
ACT_FN GateAndSlope<N> SiluOnBothSides(N above_root) {
  const N d = AtMost(above_root, 41);
  const ExpParts<G> e = ReduceExp<G>(d);
  const N z_root = N::Of(kSiluRootLessOne.high);
  const N z = Exp(e).mantissa * z_root;
  const N reciprocal = N::Of(1) / (N::Of(1) + z);
  const N gate = z * reciprocal;
  return {gate, gate * (Fma(z_root, Expm1(e), d) * reciprocal)};
}

// The same of t.
template <class G, class N = NumberOf<G>>
ACT_FN GateAndSlope<N> SiluInDoubles(N t) {
  const Pair<N> root = PairOf<N>(kSiluRoot);
  return SiluOnBothSides<G>((t + root.high) + root.low);
}

// dy silu'(t) for |t| <= kDecayLimit.
template <class G, class W, class N = NumberOf<G>>
ACT_FN ValueOf<G> SiluGradient(W dy, N t) {
  if constexpr (kInPairs<G>) {
    const N a = Abs(t);
    return SelfGatedGradient(dy, t, SiluSlope<G>(a, Distance<G>(a, kSiluRoot)));
  } else {
    if constexpr (kIsFast<G>) {
      const N capped = MinOfFloats(t, N::Of(kSiluEnd));
      return SiluGradientInFloats(dy, capped, AboveMinusRoot(capped, kSiluRoot));
    } else {
      return dy * SiluInDoubles<G>(t).slope;
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
    return TimesLogistic<G>(N::Of(1), ElementWithin<G>(x, kDecayLimit<G>));
  }

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, W dy, const Params&) {
    return Times(dy, LogisticSlope<G>(SizeAtMost<G>(x, kDecayLimit<G>)));
  }

  // Value and slope at once, in the grade Quick: z / (1 + z) and z / (1 + z)^2 with z = e^x.
  template <class G, class N = NumberOf<G>>
  static ACT_FN GateAndSlope<N> Both(N x) {
    const N z = Exp(ReduceExp<G>(ElementWithin<G>(x, kDecayLimit<G>))).mantissa;
    const N reciprocal = N::Of(1) / (N::Of(1) + z);
    const N gate = z * reciprocal;
    return {gate, gate * reciprocal};
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
  static constexpr bool IsAboveHalf(const Params&) { return true; }

  // weight f(x) / x.
  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(W weight, N x) {
    return TimesLogistic<G>(weight, ElementWithin<G>(x, kDecayLimit<G>));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Gate<G>(AboveMinusInfinity<G>(x), x);
  }

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, W dy, const Params&) {
    return SiluGradient<G>(dy, ElementWithin<G>(x, kDecayLimit<G>));
  }

  // Gate and slope at once, in the grade Quick.
  template <class G, class N = NumberOf<G>>
  static ACT_FN GateAndSlope<N> Both(N x) {
    return SiluInDoubles<G>(ElementWithin<G>(x, kDecayLimit<G>));
  }
};

// The size of x from which on beta x is all decayed: for beta = 0 the greatest element, so that
// 0 x is 0, else at most the greatest of N, which infinite x are then taken for. A host whose
// limits are floats (MinOfFloats) leaves infinite x as they are where that is no float, and has NaN
// of those that decay (kNanIsInDoubt).
template <class G, class N = NumberOf<G>>
ACT_FN N DecayBound(RealConstant beta) {
  const double most =
      beta.high == 0 ? kGreatest<G> : double{std::numeric_limits<typename N::Real>::max()};
  return Min(N::Of(kDecayLimit<G>) / Abs(N::Of(beta.high)), N::Of(most));
}

// x between that and its negative.
template <class G, class N = NumberOf<G>>
ACT_FN N WithinDecay(N x, RealConstant beta) {
  const N bound = DecayBound<G>(beta);
  return ElementWithin<G>(x, -bound, bound);
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
  const RealConstant size = {sign * beta.high, sign * beta.low};
  return Times(SizeAtMost<G>(x, DecayBound<G>(size)), Constant<ArgumentOf<G>>(size));
}

template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SwishForward(N x, RealConstant beta) {
  // inf times a vanished gate is not a number; the limit is zero.
  N finite = x;
  if (beta.high < 0) finite = -AboveMinusInfinity<G>(-x);
  if (beta.high > 0) finite = AboveMinusInfinity<G>(x);
  return TimesLogistic<G>(finite, SwishArgument<G>(x, beta));
}

// Where beta x passes silu's root, as nearly as a double says, and infinite for beta = 0; at the
// float `at` next to that it is `above` the root.
struct SwishRoot {
  double place;
  double at;
  double above;
};

// Right to the last bits of a double, however little `above` is, and without branches, which
// would keep it in the kernels' loops. Where there is no root up to `most`, `at` is that or its
// negative.
ACT_FN SwishRoot SwishRootOf(RealConstant beta, double most) {
  const double place = -kSiluRoot.high / beta.high;
  const double bounded = place < -most ? -most : place > most ? most : place;
  // The nearest float: of another the sum of what x is from it and what it leaves would cancel.
  const auto at = static_cast<double>(static_cast<float>(bounded));
  // Products of `at` and a part of beta are exact, and so are the first two sums. As a float beta
  // may have less than 24 bits.
  const double leading = FirstBits(beta.high);
  const double sum = (leading * at + kSiluRoot.high) + (beta.high - leading) * at;
  return {place, at, (sum + (kSiluRoot.low + beta.low * at)) + kSiluRoot.lowest};
}

// In floats, x where beta x is between all that is decayed and kSiluEnd, for the beta that has this
// root.
template <class G, class N = NumberOf<G>>
ACT_FN N BelowSiluEnd(N x, SwishRoot root) {
  const auto bound = [root](double size) {
    const double at = root.place * (size / kSiluRoot.high);
    return N::Of(at < -kGreatest<G> ? -kGreatest<G> : at > kGreatest<G> ? kGreatest<G> : at);
  };
  const N decayed = bound(kDecayLimit<G>);
  const N end = bound(-kSiluEnd);
  const bool rises = root.place < 0;
  return ElementWithin<G>(x, rises ? decayed : end, rises ? end : decayed);
}

// dy silu'(beta x) for an x that is a float. The distance of beta x from the root is that of x
// from the float next to x's, which is exact nearby, times beta, and what that float leaves.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> SwishGradient(N x, N dy, RealConstant beta) {
  // A float of FAST less another stays one.
  const SwishRoot root =
      SwishRootOf(beta, kIsFast<G> ? 0x1p100 : std::numeric_limits<float>::max());
  if constexpr (kIsFast<G>) {
    const N within = BelowSiluEnd<G>(x, root);
    const Pair<N> slope = PairOf<N>(beta);
    const Pair<N> from_root = FastTwoSum(within, N::Of(-root.at));
    const N rest = Fma(slope.low, from_root.high, N::Of(root.above));
    const N high = Fma(slope.high, from_root.high, rest);
    const N low = Fma(slope.high, from_root.high, -high) + rest;
    return SiluGradientInFloats(dy, Times(within, slope),
                                Pair<N>{high, Fma(slope.high, from_root.low, low)});
  } else {
    static_assert(kIsQuick<G>);
    const N from_root = WithinDecay<G>(x, beta) - N::Of(root.at);
    return dy * SiluOnBothSides<G>(Fma(N::Of(beta.high), from_root, N::Of(root.above))).slope;
  }
}

// A beta this small decides to which side of x / 2 a result is and no more: with a smaller one
// products would be below every number of a slow lane.
template <class G>
ACT_FN RealConstant SwishBeta(const Params& p) {
  constexpr double kLeast = 0x1p-300;
  const double beta = p.values[0];
  const bool vanishes = G::kWide && beta < kLeast && beta > -kLeast && beta != 0;
  return {vanishes ? (beta < 0 ? -kLeast : kLeast) : beta, 0};
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
  static constexpr bool IsAboveHalf(const Params& p) { return p.values[0] > 0; }
  // Of infinite x the grade Quick may have NaN for a number (DecayBound).
  static constexpr bool kNanIsInDoubt = true;
  // In floats it holds more numbers at a time than others.
  static constexpr bool kWideFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    return SwishForward<G>(x, SwishBeta<G>(p));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    const RealConstant beta = SwishBeta<G>(p);
    if constexpr (kInPairs<G>) {
      // The product of two doubles is exact.
      const Pair<N> t = SwishArgument<G>(x, beta);
      const Pair<N> a = MagnitudeOf(t);
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
    // Exponentials beat squares: from where all is decayed to inf it is 0, unless beta is, or
    // dy is no finite number, which stays what it is.
    const N decayed = Select(dy - dy == N::Of(0), N::Of(0), dy);
    const N limit = p.values[0] == 0 ? dy * Abs(x) : decayed;
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
  static constexpr bool IsAboveHalf(const Params&) { return true; }

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

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_SIGMOID_INL_H_
