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

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_RECTIFIERS_INL_H_
