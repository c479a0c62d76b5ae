// Functions around the normal distribution.
#if defined(ACT_DEFINITIONS_GELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_GELU_INL_H_
#undef ACT_DEFINITIONS_GELU_INL_H_
#else
#define ACT_DEFINITIONS_GELU_INL_H_
#endif

#include "src/functions/definitions/sigmoid-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

struct Gelu {
  static constexpr FunctionInfo kInfo{
      .name = "gelu",
      .formula = "x / 2 * erfc(-x / sqrt(2))",
      .description = "x gated by the normal distribution function, x Phi(x).",
      .range = "[-0.16997, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Hendrycks, Gimpel, arXiv:1606.08415, 2016",
      .used_in = "RoBERTa; BERT and ViT in PyTorch",
      .strengths = "smooth; keeps small negative signals",
      .weaknesses = "costs an erfc; not monotone"};
  static constexpr bool IsAboveHalf(const Params&) { return true; }

  // weight f(x) / x.
  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(W weight, N x) {
    const N a = SizeAtMost<G>(x, kNormalLimit<G>);
    return Times(weight, OnBothSides(x, NormalTail(a, ReduceNormal<G>(a))));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    if constexpr (kIsFast<G>) {
      return ForwardInFloats<G>(x);
    } else if constexpr (kIsQuick<G>) {
      return ForwardInDoubles<G>(x);
    } else {
      return Gate<G>(AboveMinusInfinity<G>(x), x);
    }
  }

  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, W dy, const Params&) {
    const N a = SizeAtMost<G>(x, kNormalLimit<G>);
    if constexpr (kIsFast<G>) {
      return SelfGatedGradient(dy, x, SlopeInFloats<G>(a));
    } else {
      return SelfGatedGradient(dy, x, SlopeBelow(a, ReduceNormal<G>(a)));
    }
  }

  // Gate and slope at once, in the grade Quick.
  template <class G, class N = NumberOf<G>>
  static ACT_FN GateAndSlope<N> Both(N x) {
    const N a = SizeAtMost<G>(x, kNormalLimit<G>);
    const NormalParts<G> parts = ReduceNormal<G>(a);
    return {OnBothSides(x, NormalTail(a, parts)).mantissa,
            OnBothSides(x, SlopeBelow(a, parts)).mantissa};
  }

 private:
  // From here on a Phi(-a) is zero as a float, and up to here a 2^n is not, so that what is left
  // of the sum below zero is -0.
  static constexpr double kDecayed = 14.5;

  // max(x, 0) - a Phi(-a). The power is a factor of a as early as it is known: where a 2^n is
  // no normal number, what its rounding loses is nothing beside that of y, which is smaller.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N ForwardInFloats(N x) {
    const N a = SizeAtMost<G>(x, kDecayed);
    const ExpParts<G> e = NormalExponent<G>(a);
    const Pair<N> mills = InSegments(kMillsSegments, a);
    const N weight = Weight(x, a, e.exponent);
    // Of two zeros x, so that -0 stays what it is.
    const N above = MaxOfFloats(N::Of(-0.0), x);
    return Fma(-weight, mills.high, Fma(-weight, RestOfProduct(mills, e), above));
  }

  // The same with Mills' ratio as a quotient, which takes fewer operations than a polynomial where
  // it need not reach as far as a gate's.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N ForwardInDoubles(N x) {
    const N a = SizeAtMost<G>(x, kDecayed);
    const N density = Exp(NormalExponent<G>(a)).mantissa;
    const N weight = a / EvenAndOdd(kMillsUnderQuick, a);
    // Of two zeros x, so that -0 stays what it is.
    const N above = MaxOfFloats(N::Of(-0.0), x);
    return Fma(-(density * EvenAndOdd(kMillsOverQuick, a)), weight, above);
  }

  // a 2^n, rounded once; where x is large, something that is nothing beside it.
  template <class N>
  static ACT_FN N Weight(N x, N a, N n) {
    if constexpr (N::kPowersUnderflow) {
      return Scale(a, n);
    } else {
      return IsAny(x < N::Of(-12.5)) ? Scale(a, n) : a * SmallPowerOfTwo(n);
    }
  }

  // gelu'(-a) = Phi(-a) - a phi(a) = e^(-a^2/2) (r - a) Q(a), r its root and Q smooth and
  // positive up to infinity.
  template <class G, class N = NumberOf<G>>
  static ACT_FN Scaled<G> SlopeBelow(N a, const NormalParts<G>& parts) {
    const ValueOf<G> smooth =
        PolynomialOf<G>(kGeluSlopeQuick, kGeluSlopeCareful, kGeluSlopeCertain, parts.u);
    const RealConstant slope = {2 * kNormalDensityAtZero.high, 0};
    return HalfLess<G>(a, slope, parts.density * smooth * -Distance<G>(a, kGeluRoot));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN Scaled<G> SlopeInFloats(N a) {
    return ExpTimes<G>(InSegments(kGeluSlopeSegments, a), NormalExponent<G>(a)) *
           -Distance<G>(a, kGeluRoot);
  }
};

struct GeluTanh {
  static constexpr FunctionInfo kInfo{
      .name = "gelu_tanh",
      .formula = "x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3))",
      .description =
          "gelu by way of tanh, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): GPT-2's.",
      .range = "[-0.17004, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {-0.0, -0.0, 0, kInfinity}, .gradient = {-0.0, 0.5, 0.5, 1}},
      .reference = "Hendrycks, Gimpel, arXiv:1606.08415, 2016",
      .used_in = "GPT-2, SigLIP, Google's code of BERT",
      .strengths = "within 0.0005 of gelu without an erfc",
      .weaknesses =
          "not quite gelu, so weights trained with one want the same again; not monotone"};
  static constexpr bool IsAboveHalf(const Params&) { return true; }

  // The size of x from which on e^-A is all decayed for A = c1 a + c3 a^3, the gate's argument,
  // also times 1 + c1 a + 3 c3 a^3, as the slope has it.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N Clamped(N x) {
    return SizeAtMost<G>(x, G::kWide ? 15.47 : kInPairs<G> ? 31.2 : 13.7);
  }

  // c1 a + c3 a^3.
  template <class G, class N = NumberOf<G>>
  static ACT_FN ArgumentOf<G> Inner(N a) {
    using A = ArgumentOf<G>;
    if constexpr (kIsFast<G>) {
      const N square = a * a;
      const N rest = Fma(N::Of(kGeluTanhC3Rest.high), square, N::Of(kGeluTanhC1Rest.high));
      const Pair<N> leading = LeadingFactor(square, Fma(a, a, -square));
      return Times(a, Pair<N>{leading.high, leading.low + rest});
    } else {
      const A square = Product<A>(a, a);
      return TimesPlus(Constant<A>(kGeluTanhC3), square, Constant<A>(kGeluTanhC1)) * a;
    }
  }

  // weight f(x) / x.
  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gate(W weight, N x) {
    return TimesLogistic<G>(weight, Inner<G>(CopySign(Clamped<G>(x), x)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Gate<G>(AboveMinusInfinity<G>(x), x);
  }

  // As SiluSlope, with A = c1 a + c3 a^3 for a in the exponential and
  // B = c1 a + 3 c3 a^3 = -x dA/dx in the sum: f'(-a) = z (1 + z - B) / (1 + z)^2,
  // z = e^-A. Around the root r of 1 + z - B, with d = a - r and
  // s = a^2 + a r + r^2: A - A(r) = d (c1 + c3 s), B - B(r) = d (c1 + 3 c3 s).
  template <class G, class W, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, W dy, const Params&) {
    using V = ValueOf<G>;
    const N a = Clamped<G>(x);
    if constexpr (kIsFast<G>) {
      return SelfGatedGradient(dy, x, SlopeInFloats<G>(a));
    } else {
      const Below<G> below = BelowZero<G>(a);
      const V one_plus_z = OnePlus(Term(below.z));
      const Scaled<G> slope = below.z * (below.sum / (one_plus_z * one_plus_z));
      return SelfGatedGradient(dy, x, HalfLess<G>(a, {kGeluTanhC1.high / 2, 0}, slope));
    }
  }

  // Gate and slope at once, in the grade Quick.
  template <class G, class N = NumberOf<G>>
  static ACT_FN GateAndSlope<N> Both(N x) {
    const Below<G> below = BelowZero<G>(Clamped<G>(x));
    const N reciprocal = N::Of(1) / (N::Of(1) + below.z.mantissa);
    const N gate = below.z.mantissa * reciprocal;
    return {OnBothSides(x, Unscaled<G>(gate)).mantissa,
            OnBothSides(x, Unscaled<G>(gate * (below.sum * reciprocal))).mantissa};
  }

 private:
  // e^-A and 1 + e^-A - B at -a.
  template <class G>
  struct Below {
    Scaled<G> z;
    ValueOf<G> sum;
  };

  template <class G, class N = NumberOf<G>>
  static ACT_FN Below<G> BelowZero(N a) {
    using A = ArgumentOf<G>;
    using V = ValueOf<G>;
    const A root = Constant<A>(kGeluTanhRoot);
    const A c1 = Constant<A>(kGeluTanhC1);
    const A d = Distance<G>(a, kGeluTanhRoot);
    const A s = (root + a) * a + root * root;
    const A c3 = Constant<A>(kGeluTanhC3);
    const ExpParts<G> e = ReduceExp<G>(-(d * TimesPlus(c3, s, c1)));
    const V b = d * TimesPlus(c3 * s, N::Of(3), c1);
    const V z_root = Constant<V>(kGeluTanhRootExp);
    return {Exp(e) * z_root, TimesPlus(z_root, Expm1(e), -b)};
  }

  // c1 + c3 s for s in two floats, c1 and c3 without their last bits.
  template <class N>
  static ACT_FN Pair<N> LeadingFactor(N s, N s_low) {
    // The sum's rounding error is known, because the first term is short.
    const N c1 = N::Of(kGeluTanhC1Leading.high);
    const N c3 = N::Of(kGeluTanhC3Leading.high);
    const N high = Fma(c3, s, c1);
    return {high, Fma(c3, s_low, Fma(c3, s, c1 - high))};
  }

  // The same, the distance to the root times what is smooth: the table has the exponential
  // of the bits that c1 and c3 lack here.
  template <class G, class N = NumberOf<G>>
  static ACT_FN Scaled<G> SlopeInFloats(N a) {
    const N square = a * a;
    const Pair<N> factor = LeadingFactor(square, Fma(a, a, -square));
    const ExpParts<G> e = ReduceExp<G>(Times(-a, factor));
    return ExpTimes<G>(InSegments(kGeluTanhSlopeSegments, a), e) * Distance<G>(a, kGeluTanhRoot);
  }
};

struct ErrorFunction {
  static constexpr FunctionInfo kInfo{
      .name = "erf",
      .formula = "erf(x)",
      .description = "The error function: the normal distribution function, shifted and scaled.",
      .range = "(-1, 1)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, 1},
                  .gradient = {0, 1.12837916709551257390, 1.12837916709551257390, 0}},
      .reference = "Glaisher 1871; Abramowitz, Stegun 7.1.1",
      .used_in = "the gate of gelu, normal probabilities",
      .strengths = "bounded and zero-centred; nears its ends faster than tanh",
      .weaknesses = "flat far from zero, so gradients vanish"};
  // It holds more numbers at a time than others.
  static constexpr bool kWideForward = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    if constexpr (kIsFast<G>) {
      const N a = SizeAtMost<G>(x, kRoundsToOne);
      const Pair<N> ratio = InSegments(kErfSegments, a);
      return WithSignOf(x, Fma(a, ratio.low, a * ratio.high));
    } else if constexpr (kIsQuick<G>) {
      const N a = SizeAtMost<G>(x, kRoundsToOne);
      return WithSignOf(
          x, PolynomialIn<G>(kErfQuick, Centred(a * a, kRoundsToOne * kRoundsToOne)) * a);
    } else {
      // x times a polynomial of x^2 up to 1, then 1 - 2 Phi(-sqrt(2) a).
      const N small = SizeAtMost<G>(x, 1);
      const V u = Centred(Product<V>(small, small));
      const V near = PolynomialOf<G>(kErfCareful, kErfCertain, u) * small;
      const V far = OnePlus(-(Term(ErfcHalf<G>(Abs(x))) * N::Of(2)));
      return WithSignOf(x, Select(Abs(x) < N::Of(1), near, far));
    }
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    const N a = SizeAtMost<G>(x, kSquareLimit<G>);
    const auto square = Product<ArgumentOf<G>>(-a, a);
    return Times(dy, Settled(Exp(ReduceExp<G>(square))) * Constant<ValueOf<G>>(kErfSlopeAtZero));
  }

 private:
  // From here on erf rounds to one as a float: 1 - erf(3.93) = 2.73e-8 < 2^-25.
  static constexpr double kRoundsToOne = 3.93;

  // erfc(a) / 2 for a >= 1, in the polynomial of NormalTail.
  template <class G, class N = NumberOf<G>>
  static ACT_FN Scaled<G> ErfcHalf(N a) {
    using V = ValueOf<G>;
    const N clamped = SizeAtMost<G>(a, kSquareLimit<G>);
    const V stretched = Constant<V>(kSqrt2) * clamped;
    const V reciprocal = Exactly<V>(N::Of(1)) / (stretched + N::Of(4));
    const V mills = PolynomialOf<G>(kMillsScaledCareful, kMillsScaledCertain,
                                    (stretched + N::Of(-4)) * reciprocal);
    const auto square = Product<ArgumentOf<G>>(-clamped, clamped);
    return Exp(ReduceExp<G>(square)) * (mills * reciprocal);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_GELU_INL_H_
