// Gated linear units: y = a g(b), where a and b are the halves of a tensor along
// an axis. Shazeer, "GLU variants improve Transformer", arXiv:2002.05202, 2020.
//
// `Gate<G>(w, b)` is w g(b) and `Slope<G>(w, b)` is w g'(b): y is Gate(a, b), the
// gradients are Gate(dy, b) by a and Slope(dy a, b) by b. For grades other than Fast. A function
// may have `Gradients<G>(dy, a, b)`, both at once in the grade Quick (GradientsOf), as one gated by
// an f has whose struct gives f's GateAndSlope, `Both<G>(b)`. NaN needs no care: every host returns
// NaN where a or b is NaN.
#if defined(ACT_DEFINITIONS_GATED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_GATED_INL_H_
#undef ACT_DEFINITIONS_GATED_INL_H_
#else
#define ACT_DEFINITIONS_GATED_INL_H_
#endif

#include "src/functions/definitions/gelu-inl.h"
#include "src/functions/definitions/rectifiers-inl.h"
#include "src/functions/definitions/sigmoid-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// How a struct's Gate and Slope are handed on.
template <class F>
struct ByGate {
  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Of(W w, N b) {
    return F::template Gate<G>(w, b);
  }
};

template <class F>
struct BySlope {
  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Of(W w, N b) {
    return F::template Slope<G>(w, b);
  }
};

// The power of two whose inverse brings a into the middle of the numbers where it is far out.
template <class N>
ACT_FN N FarOut(N a) {
  const N large = Select(N::Of(0x1p500) < Abs(a), N::Of(520), N::Of(0));
  return Select(Abs(a) < N::Of(0x1p-400), N::Of(-450), large);
}

// By::Of(a c, b), which is linear in a c. Where the range is wide, factors are
// floats and their product is a number. Else it is two, and what the factors are far from one is
// left for last: so no product overflows that the gate would tame, nor loses its second number,
// and no gate that decays takes bits of it.
template <class By, class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> OfProduct(N a, N c, N b) {
  if constexpr (G::kWide) {
    return By::template Of<G>(a * c, b);
  } else {
    const N power_a = FarOut(a);
    const N power_c = FarOut(c);
    const Pair<N> product = TwoProduct(a * PowerOfTwo(-power_a), c * PowerOfTwo(-power_c));
    return By::template Of<G>(Weight<N>{product, power_a + power_c}, b);
  }
}

// The gradients of a gated function by a and by b.
template <class V>
struct GateGradients {
  V by_a;
  V by_b;
};

template <class F, class G, class N = NumberOf<G>>
ACT_FN GateGradients<ValueOf<G>> GradientsOf(N dy, N a, N b) {
  if constexpr (kIsQuick<G> && requires { F::template Gradients<G>(dy, a, b); }) {
    return F::template Gradients<G>(dy, a, b);
  } else {
    return {F::template Gate<G>(dy, b), OfProduct<BySlope<F>, G>(dy, a, b)};
  }
}

// What the descriptions of all have in common.
inline constexpr ParamInfo kHalvedAxis =
    AxisParam("the axis that is halved into a and b; negative ones count from the last");

struct Glu {
  static constexpr FunctionInfo kInfo{
      .name = "glu",
      .formula = "a * sigmoid(b)",
      .description = "One half of the channels gated by the logistic of the other.",
      .range = "(-inf, inf)",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "Dauphin, Fan, Auli, Grangier, ICML 2017",
      .params = {{kHalvedAxis}},
      .kind = Kind::kGated,
      .used_in = "gated convolutional language models, Conformer",
      .strengths = "gradients reach a past a factor only, not through a saturating function",
      .weaknesses = "takes twice the channels; the gate is flat far from zero",
      .saturation = "in b: below at 0, above at a"};

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(W w, N b) {
    return Silu::Gate<G>(w, b);
  }

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Slope(W w, N b) {
    return Sigmoid::Gradient<G>(b, w, Params());
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN GateGradients<N> Gradients(N dy, N a, N b) {
    const GateAndSlope<N> of = Sigmoid::Both<G>(b);
    return {dy * of.gate, dy * a * of.slope};
  }
};

// a f(b) for an f that is its argument times a gate.
template <class F>
struct GatedBy {
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(N w, N b) {
    return OfProduct<ByGate<F>, G>(w, AboveMinusInfinity<G>(b), b);
  }

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Slope(W w, N b) {
    return F::template Gradient<G>(b, w, Params());
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN GateGradients<N> Gradients(N dy, N a, N b) {
    const GateAndSlope<N> of = F::template Both<G>(b);
    return {dy * AboveMinusInfinity<G>(b) * of.gate, dy * a * of.slope};
  }
};

struct Swiglu : GatedBy<Silu> {
  static constexpr FunctionInfo kInfo{
      .name = "swiglu",
      .formula = "a * b * sigmoid(b)",
      .description = "One half of the channels gated by silu of the other: the unit of Llama.",
      .range = "(-inf, inf)",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "Shazeer, arXiv:2002.05202, 2020",
      .params = {{kHalvedAxis}},
      .kind = Kind::kGated,
      .used_in = "Llama, PaLM, Mistral",
      .strengths = "less perplexity than relu and gelu at one cost in Shazeer's comparison",
      .weaknesses = "takes twice the channels; costs an exponential",
      .saturation = "in b: below at 0"};
};

struct Geglu : GatedBy<Gelu> {
  static constexpr FunctionInfo kInfo{
      .name = "geglu",
      .formula = "a * b / 2 * erfc(-b / sqrt(2))",
      .description = "One half of the channels gated by gelu of the other.",
      .range = "(-inf, inf)",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "Shazeer, arXiv:2002.05202, 2020",
      .params = {{kHalvedAxis}},
      .kind = Kind::kGated,
      .used_in = "the transformer blocks in the U-Net of Stable Diffusion",
      .strengths = "less perplexity than relu and gelu at one cost in Shazeer's comparison",
      .weaknesses = "takes twice the channels; costs an erfc",
      .saturation = "in b: below at 0"};
};

struct GegluTanh : GatedBy<GeluTanh> {
  static constexpr FunctionInfo kInfo{
      .name = "geglu_tanh",
      .formula = "a * b * sigmoid(2 * sqrt(2 / pi) * (b + 0.044715 * b^3))",
      .description = "geglu with gelu_tanh in place of gelu.",
      .range = "(-inf, inf)",
      .monotone = false,
      .smooth = true,
      .special = {},
      .reference = "Shazeer, arXiv:2002.05202, 2020",
      .params = {{kHalvedAxis}},
      .kind = Kind::kGated,
      .used_in = "T5 1.1, Gemma",
      .strengths = "geglu without an erfc",
      .weaknesses = "takes twice the channels; not quite geglu",
      .saturation = "in b: below at 0"};
};

struct Reglu {
  static constexpr FunctionInfo kInfo{
      .name = "reglu",
      .formula = "a * (b > 0 ? b : 0)",
      .description = "One half of the channels gated by the rectifier of the other.",
      .range = "(-inf, inf)",
      .monotone = false,
      .smooth = false,
      .special = {},
      .reference = "Shazeer, arXiv:2002.05202, 2020",
      .params = {{kHalvedAxis}},
      .kind = Kind::kGated,
      .used_in = "FT-Transformer",
      .strengths = "no exponential; sparse",
      .weaknesses = "takes twice the channels; no gradient where b is below zero",
      .saturation = "in b: below at 0"};

  // w g(b) and w a g'(b) are products of two numbers at most, right in any precision of both.
  template <class N>
  static ACT_FN N GateProduct(N w, N b) {
    return w * Select(N::Of(0) < b, b, N::Of(0));
  }
  template <class N>
  static ACT_FN N SlopeProduct(N w, N a, N b) {
    return Select(N::Of(0) < b, w * a, N::Of(0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(N w, N b) {
    return Exactly<ValueOf<G>>(GateProduct(w, b));
  }

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Slope(W w, N b) {
    const Scaled<G> one = Unscaled<G>(Exactly<ValueOf<G>>(N::Of(1)));
    return Times(Select(N::Of(0) < b, w, W::Of(0)), one);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_GATED_INL_H_
