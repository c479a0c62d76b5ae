// Functions of squares, square roots and quotients.
#if defined(ACT_DEFINITIONS_ALGEBRAIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_ALGEBRAIC_INL_H_
#undef ACT_DEFINITIONS_ALGEBRAIC_INL_H_
#else
#define ACT_DEFINITIONS_ALGEBRAIC_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// 2 a b, rounded once: not the product is doubled, which may have been rounded among subnormal
// numbers, but the smaller factor, which does not overflow unless the result does.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> TwiceProduct(N a, N b) {
  const auto is_smaller = Abs(a) < Abs(b);
  return Times(Select(is_smaller, a + a, a), Exactly<ValueOf<G>>(Select(is_smaller, b, b + b)));
}

// A power of two by which large numbers are multiplied so that their squares and
// their reciprocals stay in range; 1 for others, and where the range is wide.
template <class G, class N = NumberOf<G>>
ACT_FN N Shrinking(N a) {
  if constexpr (G::kWide) {
    return N::Of(1);
  } else {
    return Select(a < N::Of(0x1p60), N::Of(1), PowerOfTwo(N::Of(1) - Exponent(a)));
  }
}

// |x|, for infinite x a number whose square is a number if that of the greatest x is. Where the
// range is wide it is one of which nothing is left in the reciprocal.
template <class G, class N = NumberOf<G>>
ACT_FN N FiniteSize(N x) {
  return Min(Abs(x), N::Of(G::kWide ? 0x1p500 : kGreatest<G>));
}

// The exponent of the square of that power of two for x, so far down for infinite x that nothing
// is left.
template <class G, class N = NumberOf<G>>
ACT_FN N ShrunkExponent(N x, N shrinking) {
  if constexpr (G::kWide) {
    return N::Of(0);
  } else {
    const N exponent = Exponent(shrinking);
    return exponent + Select(IsInfinite(x), N::Of(-3000), exponent);
  }
}

struct Square {
  static constexpr FunctionInfo kInfo{
      .name = "square",
      .formula = "x^2",
      .description = "The square.",
      .range = "[0, inf)",
      .monotone = false,
      .smooth = true,
      .special = {.forward = {kInfinity, 0, 0, kInfinity},
                  .gradient = {-kInfinity, -0.0, 0, kInfinity}},
      .reference = "Gilad-Bachrach et al., CryptoNets, ICML 2016",
      .used_in = "CryptoNets, networks on encrypted data",
      .strengths = "a polynomial: one multiplication",
      .weaknesses = "loses the sign; grows, and so does its slope, without bound"};
  static constexpr bool kExactInDouble = true;
  static constexpr bool kRoundsOnce = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return Times(x, Exactly<ValueOf<G>>(x));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return TwiceProduct<G>(x, dy);
  }
};

struct SquaredRelu {
  static constexpr FunctionInfo kInfo{
      .name = "squared_relu",
      .formula = "x > 0 ? x^2 : 0",
      .description =
          "The rectifier squared: smooth at zero, and sparse; found by search for Primer.",
      .range = "[0, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {0, 0, 0, kInfinity}, .gradient = {0, 0, 0, kInfinity}},
      .reference = "So et al., Primer, arXiv:2109.08668, 2021",
      .used_in = "Primer, Nemotron-4",
      .strengths = "sparse; cheap; no kink at zero",
      .weaknesses = "grows as x^2: f16 overflows from 256 on; no gradient below zero"};
  static constexpr bool kExactInDouble = true;
  static constexpr bool kRoundsOnce = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    using V = ValueOf<G>;
    return Select(N::Of(0) < x, Times(x, Exactly<V>(x)), Exactly<V>(N::Of(0)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    using V = ValueOf<G>;
    return Select(N::Of(0) < x, TwiceProduct<G>(x, dy), Exactly<V>(N::Of(0)));
  }
};

struct Softsign {
  static constexpr FunctionInfo kInfo{
      .name = "softsign",
      .formula = "x / (1 + abs(x))",
      .description = "A sigmoid that approaches its ends slowly, as 1 / x.",
      .range = "(-1, 1)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-1, -0.0, 0, 1}, .gradient = {0, 1, 1, 0}},
      .reference = "Turian, Bergstra, Bengio, NAACL 2009",
      .stable_formula = "x > 1 ? 1 / (1 + 1 / x) : (x < -1 ? 1 / (1 / x - 1) : x / (1 + abs(x)))",
      .used_in = "speaker embeddings of Deep Voice 3; Glorot and Bengio's study of 2010",
      .strengths = "one division, no exponential; flattens slowly",
      .weaknesses = "flat far from zero; its second derivative jumps at zero"};
  static constexpr bool kNoFastGradient = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    const N most = N::Of(kGreatest<G>);
    const N finite = Max(-most, Min(x, most));
    return Quotient(finite, Sum<ValueOf<G>>(N::Of(1), Abs(finite)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    // dy / (1 + |x|)^2.
    using V = ValueOf<G>;
    const N a = FiniteSize<G>(x);
    const N shrinking = Shrinking<G>(a);
    const V d = Sum<V>(shrinking, a * shrinking);
    if constexpr (kIsCertain<G>) {
      // Divided last, so that ties are ties.
      return Quotient(dy, d * d);
    } else {
      const V slope = Exactly<V>(N::Of(1)) / (d * d);
      return Times(dy, Scaled<G>{slope, ShrunkExponent<G>(x, shrinking)});
    }
  }
};

struct Squareplus {
  static constexpr FunctionInfo kInfo{
      .name = "squareplus",
      .formula = "(x + sqrt(x^2 + b)) / 2",
      .description = "A smooth rectifier without exponentials.",
      .range = "(0, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {0, 1, 1, kInfinity}, .gradient = {0, 0.5, 0.5, 1}},
      .reference = "Barron, arXiv:2112.11687, 2021",
      .params = {{{.name = "b",
                   .default_value = 4,
                   .minimum = 1e-12,
                   .maximum = 1e6,
                   .description = "width of the bend"}}},
      .stable_formula = "x > 0 ? (x + sqrt(x^2 + b)) / 2 : b / (2 * (sqrt(x^2 + b) - x))",
      .used_in = "tiny-cuda-nn; in place of softplus where exponentials are slow",
      .strengths = "smooth; costs a square root only",
      .weaknesses = "nears its asymptotes slowly, as b / (4 |x|); never sparse"};
  static constexpr bool kNoFastForward = true;
  static constexpr bool kNoFastGradient = true;

  // With s = sqrt(x^2 + b) and h = (|x| + s) / 2, all times a power of two that
  // keeps squares in range: f is h for x > 0 and b / (4 h) for others.
  template <class G>
  struct Halves {
    NumberOf<G> shrinking;
    ValueOf<G> s;
    ValueOf<G> h;
    ValueOf<G> quarter_b;
  };

  template <class G, class N = NumberOf<G>>
  static ACT_FN Halves<G> Reduce(N x, const Params& p) {
    using V = ValueOf<G>;
    const N a = FiniteSize<G>(x);
    const N shrinking = Shrinking<G>(a);
    const N small = a * shrinking;
    const V b = ParamOf<V>(p, 0);
    const V s = SquareRoot(Product<V>(small, small) + b * (shrinking * shrinking));
    return {shrinking, s, (s + small) * N::Of(0.5), b * N::Of(0.25)};
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    using V = ValueOf<G>;
    const Halves<G> f = Reduce<G>(x, p);
    const auto huge = N::Of(0x1p60) < x;
    const V large = Select(huge, Exactly<V>(x), f.h);
    const V below = Quotient(f.quarter_b, f.h);
    return Select(
        N::Of(0) < x, large,
        Select(x < N::Of(-kGreatest<G>), Exactly<V>(N::Of(0)), ScaledBy(below, f.shrinking)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    // h / s for x > 0, and b / (4 h s) for others.
    const Halves<G> f = Reduce<G>(x, p);
    if constexpr (kIsCertain<G>) {
      // Divided last, so that ties are ties.
      const auto above = N::Of(0) < x;
      const Pair<N> divisor = Select(above, f.s, f.h * f.s);
      const Pair<N> product = Quotient(Select(above, f.h, f.quarter_b) * dy, divisor);
      // 1/2 + x / (2 sqrt(b)), of which the second term decides ties of the first.
      const N b = N::Of(p.values[0]);
      const Pair<N> series = {N::Of(0.5), x / (N::Of(2) * Sqrt(b))};
      return Select(x * x < N::Of(kTiny * kTiny) * b, Times(dy, series), product);
    } else {
      const Scaled<G> below = {f.quarter_b / (f.h * f.s), ShrunkExponent<G>(x, f.shrinking)};
      return Times(dy, Select(N::Of(0) < x, Unscaled<G>(f.h / f.s), below));
    }
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_ALGEBRAIC_INL_H_
