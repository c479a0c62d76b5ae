// mish: x gated by tanh of softplus.
#if defined(ACT_DEFINITIONS_MISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_MISH_INL_H_
#undef ACT_DEFINITIONS_MISH_INL_H_
#else
#define ACT_DEFINITIONS_MISH_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

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
  // It holds more numbers at a time than others.
  static constexpr bool kWideForward = true;

  // tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2), and for great x one.
  // Where e^2x may be out of range, in z = e^-|x|: for x < 0
  // z (2 + z) / (2 + z (2 + z)), for others (1 + 2 z) / (1 + 2 z + 2 z^2).
  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    if constexpr (kIsFast<G>) return ForwardInFloats<G>(x);
    if constexpr (kIsQuick<G>) {
      const N z = Term(Exp(ReduceExp<G>(ElementWithin<G>(x, -kDecayLimit<G>, 40))));
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
    const N within = ElementWithin<G>(x, -kDecayLimit<G>, 20);
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
    const Pair<N> gate = InSegments(kMishSegments, MinOfFloats(x, N::Of(9.2)));
    // Not in two products: a zero would lose its sign.
    const N middle = x * (gate.high + gate.low);
    const auto far = x < N::Of(-9.9);
    if (!IsAny(far)) return middle;
    const N t = MaxOfFloats(x, N::Of(-kDecayLimit<G>));
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
    const N capped = MinOfFloats(x, N::Of(10.38));
    const Pair<N> ratio = InSegments(kMishSlopeSegments, capped);
    const N slope = dy * RatioTimes(ratio, AboveMinusRoot(capped, kMishRoot));
    const auto far = x < N::Of(-9.9);
    if (!IsAny(far)) return slope;
    const N t = MaxOfFloats(x, N::Of(-kDecayLimit<G>));
    const ExpParts<G> e = ReduceExp<G>(t);
    const N z = Settled(Exp(e)).mantissa;
    const Pair<N> sum = {t + N::Of(1), -z * (t + N::Of(0.5))};
    return Select(far, Times(dy, Settled(ExpTimes<G>(sum, e))), slope);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_MISH_INL_H_
