// tanh, and x less it.
#if defined(ACT_DEFINITIONS_TANH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_TANH_INL_H_
#undef ACT_DEFINITIONS_TANH_INL_H_
#else
#define ACT_DEFINITIONS_TANH_INL_H_
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
    if constexpr (kIsQuick<G>) {
      return ForwardInDoubles<G>(x);
    } else {
      using V = ValueOf<G>;
      const N a = SizeAtMost<G>(x, 1);
      const V square = Product<V>(a, a);
      const V over_cube = PolynomialOf<G>(kTanhshrinkCareful, kTanhshrinkCertain, Centred(square));
      const V far = SumOf(Exactly<V>(Abs(x)), -MagnitudeOf(Tanh::Forward<G>(x, p)));
      return WithSignOf(x, Select(Abs(x) < N::Of(1), square * over_cube * a, far));
    }
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

 private:
  // x + 1 - 2 / (1 + e^-2x) for x > 0. Near zero, where the difference has no correct bits, x^3
  // times a polynomial of x^2. Where that ends the error of the quotient is magnified by 69, which
  // a double has to spare.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N ForwardInDoubles(N x) {
    const N a = SizeAtMost<G>(x, 20);
    const N square = a * a;
    const N near = Polynomial(kTanhshrinkQuick, square) * (square * a);
    const N inverse = N::Of(1) / ExpPlus(ReduceExp<G>(a * N::Of(-2)), N::Of(1));
    const N far = Fma(N::Of(-2), inverse, Abs(x) + N::Of(1));
    return WithSignOf(x, Select(Abs(x) < N::Of(kNear), near, far));
  }

  // Where kTanhshrinkQuick ends.
  static constexpr double kNear = 0.4;
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_TANH_INL_H_
