// Functions made of one exponential: tanh and the exponential linear units.
#if defined(ACT_DEFINITIONS_EXPONENTIAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_EXPONENTIAL_INL_H_
#undef ACT_DEFINITIONS_EXPONENTIAL_INL_H_
#else
#define ACT_DEFINITIONS_EXPONENTIAL_INL_H_
#endif

#include "src/functions/definitions/common-inl.h"

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

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_EXPONENTIAL_INL_H_
