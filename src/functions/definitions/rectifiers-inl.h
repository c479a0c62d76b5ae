// Functions that are straight lines in pieces.
#if defined(ACT_DEFINITIONS_RECTIFIERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_RECTIFIERS_INL_H_
#undef ACT_DEFINITIONS_RECTIFIERS_INL_H_
#else
#define ACT_DEFINITIONS_RECTIFIERS_INL_H_
#endif

#include "src/functions/definitions/common-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

struct Relu {
  static constexpr FunctionInfo kInfo{
      .name = "relu",
      .formula = "x > 0 ? x : 0",
      .description = "The rectifier: cheap and sparse; units that never fire stop learning.",
      .range = "[0, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {0, 0, 0, kInfinity}, .gradient = {0, 0, 0, 1}},
      .reference = "Nair, Hinton, ICML 2010",
      .used_in = "AlexNet, VGG, ResNet, the first Transformer",
      .strengths = "one comparison; sparse; slope 1 however large x is",
      .weaknesses = "units stuck below zero stop learning"};

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
      .reference = "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010",
      .used_in = "MobileNetV2",
      .strengths = "bounded, so that fixed point keeps its resolution",
      .weaknesses = "no gradient below 0 nor above 6"};

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
                   .description = "slope for x <= 0"}}},
      .used_in = "YOLOv3, the discriminator of DCGAN",
      .strengths = "some gradient on both sides, so that no unit dies",
      .weaknesses = "not sparse; the slope is one more number to choose"};
  static constexpr bool kExactInTwoFloats = true;

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

// x > p_i and x < p_i exactly, also where a parameter is between two floats.
template <class N>
ACT_FN typename N::Mask IsAbove(N x, const Params& p, size_t index) {
  const auto bound = ParamOf<Pair<N>>(p, index);
  return bound.low < x - bound.high;
}

template <class N>
ACT_FN typename N::Mask IsBelow(N x, const Params& p, size_t index) {
  const auto bound = ParamOf<Pair<N>>(p, index);
  return x - bound.high < bound.low;
}

// The greatest parameter that every dtype but f16 can hold.
inline constexpr double kWidest = 3e38;

// What hard_tanh and clip have in common: x between two parameters.
struct Clamped {
  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params& p) {
    // Rounding keeps the order, so that rounded bounds are those of rounded results.
    return Min(Max(x, N::Of(p.values[0])), N::Of(p.values[1]));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Gradient(N x, N dy, const Params& p) {
    return Select(IsAbove(x, p, 0) & IsBelow(x, p, 1), dy, N::Of(0));
  }
};

struct HardTanh : Clamped {
  static constexpr FunctionInfo kInfo{
      .name = "hard_tanh",
      .formula = "x > min ? (x < max ? x : max) : min",
      .description = "tanh in three straight lines: cheap, and flat outside.",
      .range = "[min, max]",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {-1, -0.0, 0, 1}, .gradient = {0, 1, 1, 0}},
      .reference = "Collobert, thesis, Paris 6, 2004",
      .params = {{{.name = "min",
                   .default_value = -1,
                   .minimum = -kWidest,
                   .maximum = kWidest,
                   .description = "the least result"},
                  {.name = "max",
                   .default_value = 1,
                   .minimum = -kWidest,
                   .maximum = kWidest,
                   .description = "the greatest result; not below min"}}},
      .ordered_params = true,
      .used_in = "SENNA; binarized networks, for the gradient of sign",
      .strengths = "no exponential; the identity between its ends",
      .weaknesses = "no gradient beyond min and max"};
};

struct Clip : Clamped {
  static constexpr FunctionInfo kInfo{
      .name = "clip",
      .formula = "x > min ? (x < max ? x : max) : min",
      .description = "x cut at both ends: bounds activations, gradients and quantized ranges.",
      .range = "[min, max]",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {-1, -0.0, 0, 1}, .gradient = {0, 1, 1, 0}},
      .reference = "ONNX operator Clip",
      .params = {{{.name = "min",
                   .default_value = -1,
                   .minimum = -kWidest,
                   .maximum = kWidest,
                   .description = "the least result"},
                  {.name = "max",
                   .default_value = 1,
                   .minimum = -kWidest,
                   .maximum = kWidest,
                   .description = "the greatest result; not below min"}}},
      .ordered_params = true,
      .used_in = "quantized networks; relu6 in ONNX graphs",
      .strengths = "exact bounds for what comes next",
      .weaknesses = "no gradient beyond min and max"};
};

struct Threshold {
  static constexpr FunctionInfo kInfo{
      .name = "threshold",
      .formula = "x > theta ? x : value",
      .description =
          "x above a threshold, else a constant: a rectifier that starts later, with a jump.",
      .range = "{value} and (theta, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {0, 0, 0, kInfinity}, .gradient = {0, 0, 0, 1}},
      .reference = "Konda, Memisevic, Krueger, arXiv:1402.3337, 2014",
      .params = {{{.name = "theta",
                   .default_value = 1,
                   .minimum = -kWidest,
                   .maximum = kWidest,
                   .description = "where f begins to be x"},
                  {.name = "value",
                   .default_value = 0,
                   .minimum = -kWidest,
                   .maximum = kWidest,
                   .description = "f up to there"}}},
      .used_in = "zero-bias autoencoders",
      .strengths = "sparse: all that is small becomes one value",
      .weaknesses = "jumps at theta; no gradient below it"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params& p) {
    return Select(IsAbove(x, p, 0), x, N::Of(p.values[1]));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Gradient(N x, N dy, const Params& p) {
    return Select(IsAbove(x, p, 0), dy, N::Of(0));
  }
};

struct HardSigmoid {
  static constexpr FunctionInfo kInfo{
      .name = "hard_sigmoid",
      .formula = "alpha * x + offset > 0 ? (alpha * x + offset < 1 ? alpha * x + offset : 1) : 0",
      .description = "The logistic function in three straight lines: the gate of MobileNetV3.",
      .range = "[0, 1]",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {0, 0.5, 0.5, 1}, .gradient = {0, 1.0 / 6, 1.0 / 6, 0}},
      .reference = "Courbariaux, Bengio, David, NeurIPS 2015",
      .params = {{{.name = "alpha",
                   .default_value = 1.0 / 6,
                   .minimum = 0,
                   .maximum = 1e6,
                   .description = "slope"},
                  {.name = "offset",
                   .default_value = 0.5,
                   .minimum = -1e6,
                   .maximum = 1e6,
                   .description = "value at 0"}}},
      .used_in = "MobileNetV3 (squeeze and excitation), BinaryConnect",
      .strengths = "no exponential; reaches 0 and 1",
      .weaknesses = "no gradient outside its ramp"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN auto Forward(N x, const Params& p) {
    if constexpr (kIsFast<G>) {
      return Min(Max(FastLine(x, p), N::Of(0)), N::Of(1));
    } else {
      const Pair<N> line = Line<G>(x, p);
      const Pair<N> zero = {N::Of(0), N::Of(0)};
      const Pair<N> one = {N::Of(1), N::Of(0)};
      return Select(N::Of(0) < line.high, Select(line.high < N::Of(1), line, one), zero);
    }
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    using V = ValueOf<G>;
    const V slope = Times(dy, ParamOf<V>(p, 0));
    if constexpr (kIsFast<G>) {
      const auto inside = IsAbove(x, CrossingOf(p, 0)) & IsBelow(x, CrossingOf(p, 1));
      return Select(inside, slope, N::Of(0));
    } else {
      const Pair<N> line = Line<G>(x, p);
      const auto inside = (N::Of(0) < line.high) & ((line + N::Of(-1)).high < N::Of(0));
      return Select(inside, slope, Exactly<V>(N::Of(0)));
    }
  }

 private:
  // alpha x + offset.
  template <class G, class N = NumberOf<G>>
  static ACT_FN Pair<N> Line(N x, const Params& p) {
    const N finite = Within(x, kGreatest<G>);
    const N alpha = N::Of(p.values[0]);
    const N product = alpha * finite;
    const Pair<N> exact = {product, Fma(alpha, finite, -product)};
    const Pair<N> line = exact + N::Of(p.values[1]);
    return Select(IsInfinite(product), Pair<N>{product, N::Of(0)}, line);
  }

  // Where the line passes a level: at the float `at` it is `rest` above it.
  struct Crossing {
    double alpha;
    double at;
    double rest;
  };

  // Without branches, which would keep it in the kernels' loops.
  static ACT_FN Crossing CrossingOf(const Params& p, double level) {
    const double alpha = p.values[0];
    const double offset = p.values[1];
    const double above = offset - level;
    const double level_part = offset - above;
    const double lost = (offset - (above + level_part)) + (level_part - level);
    // -above / alpha, and 0 where alpha is; else alpha is 2^-60 at least.
    const double quotient = -above * alpha / (alpha * alpha + 0x1p-200);
    const double at = static_cast<double>(static_cast<float>(quotient));
    // Products of `at` and a half of alpha are exact, and so is the first sum.
    const double leading = static_cast<double>(static_cast<float>(alpha));
    return {alpha, at, (leading * at + above) + ((alpha - leading) * at + lost)};
  }

  // The line in floats. Near its root a sum of them has no correct bits, but there x less the
  // root's float is exact.
  template <class N>
  static ACT_FN N FastLine(N x, const Params& p) {
    const Crossing root = CrossingOf(p, 0);
    const N finite = Within(x, std::numeric_limits<float>::max());
    return Fma(N::Of(root.alpha), finite - N::Of(root.at), N::Of(root.rest));
  }

  // Whether the line is above or below the level at x.
  template <class N>
  static ACT_FN typename N::Mask IsAbove(N x, Crossing c) {
    return N::Of(-c.rest / c.alpha) < x - N::Of(c.at);
  }

  template <class N>
  static ACT_FN typename N::Mask IsBelow(N x, Crossing c) {
    return x - N::Of(c.at) < N::Of(-c.rest / c.alpha);
  }
};

struct HardSwish {
  static constexpr FunctionInfo kInfo{
      .name = "hard_swish",
      .formula = "x > -3 ? (x < 3 ? x * (x + 3) / 6 : x) : 0",
      .description =
          "swish with its gate in straight lines, x clamp(x / 6 + 1/2, 0, 1): MobileNetV3.",
      .range = "[-0.375, inf)",
      .monotone = false,
      .smooth = false,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {0, 0.5, 0.5, 1}},
      .reference = "Howard et al., arXiv:1905.02244, 2019",
      .used_in = "MobileNetV3",
      .strengths = "near silu without an exponential; suits fixed point",
      .weaknesses = "kinks at -3 and 3; no gradient below -3"};
  static constexpr bool kExactInTwoFloats = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    const N inside = Max(x, N::Of(-3));
    const V product = Times(inside, FastSum<V>(N::Of(3), inside));
    return Select(x < N::Of(3), DividedBy(product, 6, kSixth), Exactly<V>(x));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using V = ValueOf<G>;
    // dy (x + 3/2) / 3: where ties are decided the division comes last, which
    // makes it exact, and where the product could overflow it does not.
    const V sum = Sum<V>(x, N::Of(1.5));
    V middle;
    if constexpr (kIsCertain<G>) {
      middle = DividedBy(Times(dy, sum), 3, kThird);
    } else {
      middle = Times(dy, DividedBy(sum, 3, kThird));
    }
    const V inner = Select(x < N::Of(3), middle, Exactly<V>(dy));
    return Select(N::Of(-3) < x, inner, Exactly<V>(N::Of(0)));
  }
};

struct Softshrink {
  static constexpr FunctionInfo kInfo{
      .name = "softshrink",
      .formula = "x > lambda ? x - lambda : (x < -lambda ? x + lambda : 0)",
      .description = "Moves everything towards zero by lambda: the step of sparse coding.",
      .range = "(-inf, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {-kInfinity, 0, 0, kInfinity}, .gradient = {1, 0, 0, 1}},
      .reference = "Donoho, IEEE Trans. Inf. Theory 41, 1995",
      .params = {{{.name = "lambda",
                   .default_value = 0.5,
                   .minimum = 0,
                   .maximum = kWidest,
                   .description = "half the width of the flat middle"}}},
      .used_in = "sparse coding (ISTA, LISTA), wavelet denoising",
      .strengths = "sparse and continuous: the proximal map of lambda |x|",
      .weaknesses = "moves what it keeps towards zero by lambda"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    using V = ValueOf<G>;
    const V size = Less<V>(Abs(x), ParamOf<Pair<N>>(p, 0));
    return Select(IsAbove(Abs(x), p, 0), WithSignOf(x, size), Exactly<V>(N::Of(0)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Gradient(N x, N dy, const Params& p) {
    return Select(IsAbove(Abs(x), p, 0), dy, N::Of(0));
  }
};

struct Hardshrink {
  static constexpr FunctionInfo kInfo{
      .name = "hardshrink",
      .formula = "x > lambda ? x : (x < -lambda ? x : 0)",
      .description = "Sets what is small to zero and leaves the rest: hard thresholding.",
      .range = "(-inf, -lambda), {0} and (lambda, inf)",
      .monotone = true,
      .smooth = false,
      .special = {.forward = {-kInfinity, 0, 0, kInfinity}, .gradient = {1, 0, 0, 1}},
      .reference = "Donoho, Johnstone, Biometrika 81, 1994",
      .params = {{{.name = "lambda",
                   .default_value = 0.5,
                   .minimum = 0,
                   .maximum = kWidest,
                   .description = "half the width of the flat middle"}}},
      .used_in = "wavelet denoising, iterative hard thresholding",
      .strengths = "sparse; leaves large values as they are",
      .weaknesses = "jumps at -lambda and lambda; no gradient between"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params& p) {
    return Select(IsAbove(Abs(x), p, 0), x, N::Of(0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Gradient(N x, N dy, const Params& p) {
    return Select(IsAbove(Abs(x), p, 0), dy, N::Of(0));
  }
};

struct AbsoluteValue {
  static constexpr FunctionInfo kInfo{
      .name = "abs",
      .formula = "x > 0 ? x : (x < 0 ? -x : 0)",
      .description = "The absolute value.",
      .range = "[0, inf)",
      .monotone = false,
      .smooth = false,
      .special = {.forward = {kInfinity, 0, 0, kInfinity}, .gradient = {-1, 0, 0, 1}},
      .reference = "Jarrett, Kavukcuoglu, Ranzato, LeCun, ICCV 2009",
      .used_in = "rectification in early convolutional networks, L1 losses",
      .strengths = "exact; slope of size 1 however large x is",
      .weaknesses = "loses the sign; a kink at zero"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params&) {
    return Abs(x);
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Gradient(N x, N dy, const Params&) {
    return Select(N::Of(0) < x, dy, Select(x < N::Of(0), -dy, N::Of(0)));
  }
};

struct Identity {
  static constexpr FunctionInfo kInfo{
      .name = "identity",
      .formula = "x",
      .description = "x itself: the layer without an activation, and the cost of everything else.",
      .range = "(-inf, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-kInfinity, -0.0, 0, kInfinity}, .gradient = {1, 1, 1, 1}},
      .reference = "ONNX operator Identity",
      .used_in = "last layer of a regression, linear bottlenecks of MobileNetV2",
      .strengths = "free and exact; hands gradients on unchanged",
      .weaknesses = "no nonlinearity: layers of it are one layer"};

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params&) {
    return x;
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN N Gradient(N, N dy, const Params&) {
    return dy;
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_RECTIFIERS_INL_H_
