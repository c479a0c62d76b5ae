// sigmoid and swish in straight lines: hard_sigmoid and hard_swish. Include after a host's
// primitives.
#if defined(ACT_DEFINITIONS_HARD_SIGMOID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_HARD_SIGMOID_INL_H_
#undef ACT_DEFINITIONS_HARD_SIGMOID_INL_H_
#else
#define ACT_DEFINITIONS_HARD_SIGMOID_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

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
                   .description = "slope; the double nearest to 1/6 stands for 1/6",
                   .default_real = "1 / 6",
                   .default_formula = "x + 6 * offset > 0 ? (x + 6 * offset < 6 ? "
                                      "(x + 6 * offset) / 6 : 1) : 0"},
                  {.name = "offset",
                   .default_value = 0.5,
                   .minimum = -1e6,
                   .maximum = 1e6,
                   .description = "value at 0"}}},
      .used_in = "MobileNetV3 (squeeze and excitation), BinaryConnect",
      .strengths = "no exponential; reaches 0 and 1",
      .weaknesses = "no gradient outside its ramp"};
  // It holds more numbers at a time than others.
  static constexpr bool kWideForward = true;
  // x + 3 is a double or, for x below 2^-28 in size, next to three, where results are 1/2. Sixths
  // of it are rounded once, and those that are not in the middle between two floats, of 25 bits,
  // are further from it than that takes them: both are multiples of 2^-51 / 6, and half a unit in
  // the last place of what is below one is 2^-54 at most.
  static ACT_FN bool IsExactInDouble(const Params& p) {
    return p.values[0] == kSixth.high && p.values[1] == 0.5;
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN auto Forward(N x, const Params& p) {
    if constexpr (kIsFast<G>) {
      return Min(Max(FastLine(x, p), N::Of(0)), N::Of(1));
    } else if constexpr (kIsQuick<G>) {
      const Alpha alpha = AlphaOf(p);
      const N y = SixthOr(QuickLine<G>(x, alpha, p.values[1], 0), alpha);
      return Select(N::Of(0) < y, Min(y, N::Of(1)), N::Of(0));
    } else {
      const Alpha alpha = AlphaOf(p);
      const Pair<N> line =
          Line(N::Of(alpha.numerator), Within(x, kGreatest<G>), Raised<N>(alpha, p.values[1], 0));
      const Pair<N> zero = {N::Of(0), N::Of(0)};
      const Pair<N> one = {N::Of(1), N::Of(0)};
      const auto is_below_one = line.high < N::Of(alpha.denominator);
      return Select(N::Of(0) < line.high, Select(is_below_one, Divided<G>(line, alpha), one), zero);
    }
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    using V = ValueOf<G>;
    const N sloped = WhereFactor(N::Of(p.values[0]), dy);
    if constexpr (kIsFast<G>) {
      const V slope = Times(sloped, ParamOf<V>(p, 0));
      const auto inside = IsAbove(x, CrossingOf(p, 0)) & IsBelow(x, CrossingOf(p, 1));
      return Select(inside, slope, N::Of(0));
    } else {
      const Alpha alpha = AlphaOf(p);
      const auto inside = (N::Of(0) < SideOf<G>(x, alpha, p.values[1], 0)) &
                          (SideOf<G>(x, alpha, p.values[1], 1) < N::Of(0));
      V slope;
      if constexpr (kIsQuick<G>) {
        slope = sloped * N::Of(p.values[0]);
      } else if constexpr (kIsCertain<G>) {
        slope = Divided<G>(Times(sloped, Exactly<V>(N::Of(alpha.numerator))), alpha);
      } else {
        slope = Times(sloped, Constant<V>({p.values[0], alpha.is_sixth ? kSixth.low : 0}));
      }
      return Select(inside, slope, Exactly<V>(N::Of(0)));
    }
  }

 private:
  // alpha as a quotient: the double nearest to 1/6 stands for that number.
  struct Alpha {
    bool is_sixth;
    double numerator;
    double denominator;
  };

  static ACT_FN Alpha AlphaOf(const Params& p) {
    const bool is_sixth = p.values[0] == kSixth.high;
    return {is_sixth, is_sixth ? 1 : p.values[0], is_sixth ? 6.0 : 1.0};
  }

  // (offset - level) times alpha's denominator.
  template <class N>
  static ACT_FN Pair<N> Raised(const Alpha& alpha, double offset, double level) {
    return TwoProduct(N::Of(offset), N::Of(alpha.denominator)) + N::Of(-level * alpha.denominator);
  }

  // numerator x + raised: alpha x + offset - level, times alpha's denominator, exact at the kinks
  // of 1/6.
  template <class N>
  static ACT_FN Pair<N> Line(N numerator, N x, Pair<N> raised) {
    const N product = numerator * x;
    const Pair<N> exact = {product, Fma(numerator, x, -product)};
    return Select(IsInfinite(product), Pair<N>{product, N::Of(0)}, exact + raised);
  }

  // A number of the sign of alpha x + offset - level.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N SideOf(N x, const Alpha& alpha, double offset, double level) {
    if constexpr (kIsQuick<G>) {
      return QuickLine<G>(x, alpha, offset, level);
    } else {
      N numerator = N::Of(alpha.numerator);
      N finite = Within(x, kGreatest<G>);
      Pair<N> raised = Raised<N>(alpha, offset, level);
      if constexpr (!G::kWide) {
        // A product may be below every number: then it is taken 2^1200 times, as what it is added
        // to, which need not be greater than to outweigh it.
        const auto is_small = Abs(numerator * finite) < N::Of(0x1p-900);
        const N up = Select(is_small, N::Of(0x1p600), N::Of(1));
        numerator = numerator * up;
        finite = finite * up;
        raised = Select(is_small, Within(raised, 0x1p-700), raised);
        raised = ScaledBy(ScaledBy(raised, up), up);
      }
      return Line(numerator, finite, raised).high;
    }
  }

  // (alpha x + offset - level) times alpha's denominator in one word of a wide grade, right to its
  // last bits and in its sign: near zero the first sum is a number that needs no rounding, or
  // nothing is added to it.
  template <class G, class N = NumberOf<G>>
  static ACT_FN N QuickLine(N x, const Alpha& alpha, double offset, double level) {
    const Pair<N> raised = Raised<N>(alpha, offset, level);
    const N finite = ElementWithin<G>(x, kGreatest<G>);
    return Fma(N::Of(alpha.numerator), finite, raised.high) + raised.low;
  }

  // y over that denominator, rounded once: what a product with the nearest number to 1/6 lacks is
  // known from its remainder (Markstein 1990).
  template <class N>
  static ACT_FN N SixthOr(N y, const Alpha& alpha) {
    const N reciprocal = N::Of(alpha.is_sixth ? kSixth.high : 1);
    const N quotient = y * reciprocal;
    return Fma(Fma(quotient, N::Of(-alpha.denominator), y), reciprocal, quotient);
  }

  // y over that denominator, where ties are decided exact where the quotient is a number.
  template <class G, class N = NumberOf<G>>
  static ACT_FN Pair<N> Divided(Pair<N> y, const Alpha& alpha) {
    if constexpr (kIsCertain<G>) {
      return Quotient(y, N::Of(alpha.denominator));
    } else {
      return y * PairOf<N>({alpha.is_sixth ? kSixth.high : 1, alpha.is_sixth ? kSixth.low : 0});
    }
  }

  // Where the line passes a level: at the float `at` it is `rest` above it.
  struct Crossing {
    double alpha;
    double at;
    double rest;
  };

  // Without branches, which would keep it in the kernels' loops.
  static ACT_FN Crossing CrossingOf(const Params& p, double level) {
    const Alpha slope = AlphaOf(p);
    const double alpha = slope.numerator;
    const double denominator = slope.denominator;
    // The denominator times the offset, exactly: the products of its halves are exact.
    const double offset = denominator * p.values[1];
    const auto half = static_cast<double>(static_cast<float>(p.values[1]));
    const double offset_lost = (denominator * half - offset) + denominator * (p.values[1] - half);
    const double above = offset - denominator * level;
    const double level_part = offset - above;
    const double lost =
        (offset - (above + level_part)) + (level_part - denominator * level) + offset_lost;
    // -above / alpha, and 0 where alpha is; else alpha is 2^-60 at least.
    const double quotient = -above * alpha / (alpha * alpha + 0x1p-200);
    const auto at = static_cast<double>(static_cast<float>(quotient));
    // Products of `at` and a half of alpha are exact, and so is the first sum.
    const auto leading = static_cast<double>(static_cast<float>(alpha));
    const double rest = (leading * at + above) + ((alpha - leading) * at + lost);
    return {p.values[0], at, rest / denominator};
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
  static constexpr bool IsAboveHalf(const Params&) { return true; }
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

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_HARD_SIGMOID_INL_H_
