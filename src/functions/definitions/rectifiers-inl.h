// Functions that are straight lines in pieces.
#if defined(ACT_DEFINITIONS_RECTIFIERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_RECTIFIERS_INL_H_
#undef ACT_DEFINITIONS_RECTIFIERS_INL_H_
#else
#define ACT_DEFINITIONS_RECTIFIERS_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "src/functions/definitions/values-inl.h"

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
    return Select(N::Of(0) < x, Min(x, N::Of(6)), N::Of(0));
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
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    return Sloped(x, x, ParamOf<ValueOf<G>>(p, 0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    return Sloped(x, dy, ParamOf<ValueOf<G>>(p, 0));
  }

  template <class G, size_t kParam, class N = NumberOf<G>>
  static ACT_FN N ParameterTerm(N x, N dy, const Params&) {
    return SlopeTerm(x, dy);
  }
};

// The greatest number of N's that is not above `value`, which is in their range. Without a
// branch, so that loops over x compute it once.
template <class N>
ACT_FN N NotAbove(double value) {
  if constexpr (sizeof(typename N::Real) == 8) {
    return N::Of(value);
  } else {
    const auto nearest = static_cast<float>(value);
    int32_t bits;
    std::memcpy(&bits, &nearest, sizeof(bits));
    // As integers in the order of floats, -0 next below 0.
    constexpr int32_t kAllButSign = 0x7fffffff;
    const int32_t place = bits ^ ((bits >> 31) & kAllButSign);
    const int32_t chosen = place - (static_cast<double>(nearest) > value ? 1 : 0);
    const int32_t chosen_bits = chosen ^ ((chosen >> 31) & kAllButSign);
    float below;
    std::memcpy(&below, &chosen_bits, sizeof(below));
    return N::Of(static_cast<double>(below));
  }
}

// x > p_i and x < p_i exactly, also where a parameter is between two floats.
template <class N>
ACT_FN typename N::Mask IsAbove(N x, const Params& p, size_t index) {
  return NotAbove<N>(p.values[index]) < x;
}

template <class N>
ACT_FN typename N::Mask IsBelow(N x, const Params& p, size_t index) {
  return x < -NotAbove<N>(-p.values[index]);
}

// The greatest parameter that every dtype but f16 can hold.
inline constexpr double kWidest = 3e38;

// What hard_tanh and clip have in common: x between two parameters.
struct Clamped {
  template <class G, class N = NumberOf<G>>
  static ACT_FN N Forward(N x, const Params& p) {
    // Compared exactly, so that a zero beside a bound that rounds to one keeps its sign.
    const N below = Select(IsBelow(x, p, 1), x, N::Of(p.values[1]));
    return Select(IsAbove(x, p, 0), below, N::Of(p.values[0]));
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
