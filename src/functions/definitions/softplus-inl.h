// Functions made of log(1 + e^x). Include after a host's primitives.
#if defined(ACT_DEFINITIONS_SOFTPLUS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_SOFTPLUS_INL_H_
#undef ACT_DEFINITIONS_SOFTPLUS_INL_H_
#else
#define ACT_DEFINITIONS_SOFTPLUS_INL_H_
#endif

#include "src/functions/definitions/sigmoid-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// a * b in one word, b in one or two.
template <class N>
ACT_FN N RoundedProduct(Pair<N> a, N b) {
  return Fma(a.high, b, a.low * b);
}

template <class N>
ACT_FN N RoundedProduct(Pair<N> a, Pair<N> b) {
  return Fma(a.high, b.high, Fma(a.low, b.high, a.high * b.low));
}

// (max(t, 0) + log(1 + e^-|t|)) / beta with t = beta x, `size` |t| and `inverse`
// 1 / beta, in more than one word where that is not exact.
template <class G, class A, class I, class N = NumberOf<G>>
ACT_FN ValueOf<G> SoftplusForward(N x, A size, I inverse) {
  using V = ValueOf<G>;
  if constexpr (kIsFast<G>) {
    N log = RoundedProduct(InSegments(kSoftTailSegments, size), inverse);
    // Beyond the segments it is e^-size.
    const auto far = N::Of(16.5) < High(size);
    if (IsAny(far)) {
      log = Select(far, Times(N::Of(1), ExpTimes<G>(inverse, ReduceExp<G>(-size))), log);
    }
    return MaxOfFloats(x, N::Of(0)) + log;
  } else if constexpr (kIsQuick<G>) {
    return Fma(Log1pOfUnit(ExpMinus<G>(size).mantissa), inverse, MaxOfFloats(x, N::Of(0)));
  } else {
    const Scaled<G> z = ExpMinus<G>(size);
    const Scaled<G> log = z * (Log1pOver<G>(Term(z)) * inverse);
    return Select(x < N::Of(0), Times(N::Of(1), log), SumOf(Exactly<V>(x), Term(log)));
  }
}

struct Softplus {
  static constexpr FunctionInfo kInfo{
      .name = "softplus",
      .formula = "max(x, 0) + log(1 + exp(-abs(beta * x))) / beta",
      .description =
          "The rectifier rounded off, log(1 + e^(beta x)) / beta: positive, its slope the "
          "logistic.",
      .range = "(0, inf)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {0, 0.69314718055994530942, 0.69314718055994530942, kInfinity},
                  .gradient = {0, 0.5, 0.5, 1}},
      .reference = "Dugas et al., NeurIPS 2000",
      .params = {{{.name = "beta",
                   .default_value = 1,
                   .minimum = 1e-6,
                   .maximum = 1e6,
                   .description = "steepness of the bend"}}},
      .used_in = "positive outputs: variances, rates, the step sizes of Mamba",
      .strengths = "smooth and positive",
      .weaknesses = "costs an exponential and a logarithm; never sparse"};
  // It holds more numbers at a time than others.
  static constexpr bool kWideForward = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params& p) {
    using A = ArgumentOf<G>;
    return SoftplusForward<G>(x, SwishSize<G>(x, {p.values[0], 0}),
                              Exactly<A>(N::Of(1)) / ParamOf<A>(p, 0));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params& p) {
    return TimesLogistic<G, true>(dy, SwishArgument<G>(x, {p.values[0], 0}));
  }
};

struct LogSigmoid {
  static constexpr FunctionInfo kInfo{
      .name = "log_sigmoid",
      .formula = "min(x, 0) - log(1 + exp(-abs(x)))",
      .description = "The logarithm of the logistic function: log-probabilities without overflow.",
      .range = "(-inf, 0)",
      .monotone = true,
      .smooth = true,
      .special = {.forward = {-kInfinity, -0.69314718055994530942, -0.69314718055994530942, -0.0},
                  .gradient = {1, 0.5, 0.5, 0}},
      .reference = "PyTorch operator LogSigmoid",
      .used_in = "binary cross-entropy of logits, negative sampling of word2vec, DPO",
      .strengths = "keeps what log(sigmoid(x)) loses to underflow",
      .weaknesses = "unbounded below; flat above, so gradients vanish"};
  // It holds more numbers at a time than others.
  static constexpr bool kWideForward = true;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Forward(N x, const Params&) {
    return -SoftplusForward<G>(-x, SizeAtMost<G>(x, kDecayLimit<G>), Exactly<ValueOf<G>>(N::Of(1)));
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Gradient(N x, N dy, const Params&) {
    return TimesLogistic<G, true>(dy, ElementWithin<G>(-x, kDecayLimit<G>));
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_SOFTPLUS_INL_H_
