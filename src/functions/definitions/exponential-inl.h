// Functions made of one exponential: tanh and the exponential linear units.
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

struct Tanh {
  static constexpr FunctionInfo kInfo{
      .name = "tanh",
      .formula = "tanh(x)",
      .description = "The hyperbolic tangent: zero-centred, the gate of recurrent networks.",
      .range = "(-1, 1)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, 1}, .gradient = {0, 1, 1, 0}},
      .reference = "LeCun, Bottou, Orr, Mueller, Efficient BackProp, 1998",
      .used_in = "LSTM and GRU, the pooler of BERT",
      .strengths = "bounded and zero-centred, with slope 1 at zero",
      .weaknesses = "flat far from zero, so gradients vanish"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    // (z - 1) / (z + 1) with z = e^-2|x|; z - 1 keeps its accuracy near zero.
    const N a = SizeAtMost<G>(x, kInPairs<G> ? 60 : 20);
    const ExpParts<G> z = ReduceExp<G>(a * N::Of(-2));
    return WithSignOf(x, -(Expm1(z) / ExpPlus(z, N::Of(1))));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    // tanh' = 4 w / (1 + w)^2 with w = e^-2|x|; 1 - tanh^2 has no correct bits
    // in the tails.
    return Times(dy, LogisticSlope<G>(SizeAtMost<G>(x, kDecayLimit<G> / 2) * N::Of(2)) *
                         Exactly<ValueOf<G>>(N::Of(4)));
  }
};

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

// Between this and zero e^x - 1 is taken for x. Where results are as narrow as x, a
// quotient may be lost there, and a product of pairs loses the sign of a zero.
template <class G>
inline constexpr double kStraight = kInPairs<G> && !G::kWide ? -0x1p-900 : 0;

// The exponential linear units: scale * (x > 0 ? x : alpha (e^x - 1)).
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> EluForward(N x, ValueOf<G> scale, ValueOf<G> scaled_alpha) {
  const N inner = Max(Min(x, N::Of(0)), N::Of(-kExpLimit<G>));
  const ValueOf<G> below = Expm1(ReduceExp<G>(inner)) * scaled_alpha;
  if constexpr (kStraight<G> < 0) scale = Select(x < N::Of(0), scaled_alpha, scale);
  return Select(x < N::Of(kStraight<G>), below, Times(x, scale));
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
      const V below = less_one * ParamOf<V>(p, 0);
      return Select(x < N::Of(kStraight<G>), below, Exactly<V>(x));
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

struct Tanhshrink {
  static constexpr FunctionInfo kInfo{
      .name = "tanhshrink",
      .formula = "x - tanh(x)",
      .description = "x less its tanh: flat around zero, x less one far away.",
      .range = "(-inf, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-kInfinity, -0.0, 0, kInfinity}, .gradient = {1, 0, 0, 1}},
      .reference = "PyTorch operator Tanhshrink",
      .used_in = "rare: PyTorch has it beside the other shrinkage functions",
      .strengths = "smooth; about x^3 / 3 near zero, so that noise shrinks most",
      .weaknesses = "slope zero at zero, so that small inputs hardly learn; costs a tanh"};
  static constexpr bool kNoFastForward = true;
  static constexpr bool kNoFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    // x^3 times a polynomial near zero, where the difference has no correct bits.
    using V = ValueOf<G>;
    const N a = SizeAtMost<G>(x, 1);
    const V square = Product<V>(a, a);
    const V series =
        PolynomialOf<G>(kTanhshrinkQuick, kTanhshrinkCareful, kTanhshrinkCertain, Centred(square));
    const V near = square * series * a;
    const V far = SumOf(Exactly<V>(Abs(x)), -MagnitudeOf(Tanh::Forward<G>(x, p)));
    return WithSignOf(x, Select(Abs(x) < N::Of(1), near, far));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    // tanh^2, which may be below every number although dy tanh^2 is not.
    const ValueOf<G> y = Tanh::Forward<G>(x, p);
    if constexpr (kIsCertain<G>) {
      // x^2 - 2/3 x^4, of which the second term decides ties of the first.
      const N square = x * x;
      const Pair<N> series = {square, N::Of(-2.0 / 3) * (square * square)};
      return Times(dy, Select(Abs(x) < N::Of(kTiny), series, y * y));
    } else if constexpr (G::kWide) {
      return Times(dy, y * y);
    } else {
      // In two steps, so that the square stays far from the least number, too.
      const auto tiny = Abs(x) < N::Of(0x1p-400);
      const auto least = Abs(x) < N::Of(0x1p-700);
      const N scale = Select(least, N::Of(0x1p800), Select(tiny, N::Of(0x1p400), N::Of(1)));
      const N exponent = Select(least, N::Of(-1600), Select(tiny, N::Of(-800), N::Of(0)));
      const ValueOf<G> large = y * scale;
      return Times(dy, Scaled<G>{large * large, exponent});
    }
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
    using V = ValueOf<G>;
    // Where it is not chosen the logarithm may be any number.
    const auto some = (N::Of(-1) < x) & (x < N::Of(std::numeric_limits<double>::infinity()));
    const N finite = kIsFast<G> ? x : Select(some, x, N::Of(0));
    const V y = Select(x == N::Of(0), Exactly<V>(x), Log1p<G>(finite));
    return Select(N::Of(-1) < x, Select(some, y, Exactly<V>(x)), Exactly<V>(Outside(x)));
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
