// Polynomials in one word or two, and tables of them by segments. Include after a
// host's primitives.
#if defined(ACT_POLYNOMIAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_POLYNOMIAL_INL_H_
#undef ACT_POLYNOMIAL_INL_H_
#else
#define ACT_POLYNOMIAL_INL_H_
#endif

#include <cstddef>

#include "src/functions/coefficients.h"
#include "src/functions/scaled-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// c[0] + c[1] x + ... by Horner's rule, from coefficient `first` on.
template <class N, size_t kTerms>
ACT_FN N Polynomial(const RealConstant (&c)[kTerms], N x, size_t first = 0) {
  N value = N::Of(c[kTerms - 1].high);
  for (size_t i = kTerms - 1; i-- > first;) value = Fma(value, x, N::Of(c[i].high));
  return value;
}

// The same in two halves, whose steps do not wait for each other.
template <class N, size_t kTerms>
ACT_FN N EvenAndOdd(const RealConstant (&c)[kTerms], N x, size_t first = 0) {
  const N square = x * x;
  N one = N::Of(c[kTerms - 1].high);
  N other = N::Of(c[kTerms - 2].high);
  for (size_t i = kTerms - 2; i-- > first;) {
    const N next = Fma(one, square, N::Of(c[i].high));
    one = other;
    other = next;
  }
  return Fma(one, x, other);
}

// The same in four parts, for long ones: a CPU that waits for two chains has no room for those of
// its next vectors.
template <class N, size_t kTerms>
ACT_FN N InFourParts(const RealConstant (&c)[kTerms], N x) {
  static_assert(kTerms >= 4);
  const N square = x * x;
  const N fourth = square * square;
  N parts[4];
  for (size_t part = 0; part < 4; ++part) {
    size_t i = part + (kTerms - 1 - part) / 4 * 4;
    parts[part] = N::Of(c[i].high);
    for (; i >= 4; i -= 4) parts[part] = Fma(parts[part], fourth, N::Of(c[i - 4].high));
  }
  return Fma(Fma(parts[3], x, parts[2]), square, Fma(parts[1], x, parts[0]));
}

// The same with the grade's words. In Pairs |x| <= 1 and only the last steps
// are carried in both, so that the rounding of one coefficient is all that is
// left.
template <class G, size_t kTerms>
ACT_FN ValueOf<G> PolynomialIn(const RealConstant (&c)[kTerms], ValueOf<G> x) {
  if constexpr (kInPairs<G>) {
    constexpr size_t kPairSteps = G::kPairSteps < kTerms ? G::kPairSteps : kTerms - 1;
    using N = NumberOf<G>;
    auto value = Constant<Pair<N>>(c[kTerms - 1]);
    if constexpr (kPairSteps < kTerms - 1) value = {Polynomial(c, x.high, kPairSteps), N::Of(0)};
    for (size_t i = kPairSteps; i-- > 0;) value = PairOf<N>(c[i]) + value * x;
    return value;
  } else if constexpr (kTerms > 20) {
    return InFourParts(c, x);
  } else if constexpr (kTerms > 6) {
    return EvenAndOdd(c, x);
  } else {
    return Polynomial(c, x);
  }
}

// The grade's own of two polynomials for one function, for grades of two words.
template <class G, size_t kCareful, size_t kCertain>
ACT_FN ValueOf<G> PolynomialOf(const RealConstant (&careful)[kCareful],
                               const RealConstant (&certain)[kCertain], ValueOf<G> x) {
  static_assert(kInPairs<G>);
  if constexpr (kIsCertain<G>)
    return PolynomialIn<G>(certain, x);
  else
    return PolynomialIn<G>(careful, x);
}

// Its own of three polynomials; floats have other formulas.
template <class G, size_t kQuick, size_t kCareful, size_t kCertain>
ACT_FN ValueOf<G> PolynomialOf(const RealConstant (&quick)[kQuick],
                               const RealConstant (&careful)[kCareful],
                               const RealConstant (&certain)[kCertain], ValueOf<G> x) {
  static_assert(!kIsFast<G>);
  if constexpr (kIsQuick<G>)
    return PolynomialIn<G>(quick, x);
  else
    return PolynomialOf<G>(careful, certain, x);
}

// The polynomial of the segment that s tells, in x, in one word or two, as an
// unevaluated sum of its first term and the rest.
template <int kShift, class N, class A, size_t kTerms>
ACT_FN Pair<N> InSegment(const Segments<kTerms>& segments, N s, A x) {
  const auto entries = N::template EntriesOf<kShift>(segments, s);
  N d = High(x) - entries[0];
  if constexpr (!std::is_same_v<A, N>) d = d + x.low;
  N rest = entries[kTerms];
  for (size_t i = kTerms; i-- > 2;) rest = Fma(rest, d, entries[i]);
  return {entries[1], rest * d};
}

// What is tabulated in segments, at a >= 0.
template <class N, size_t kTerms>
ACT_FN Pair<N> InSegments(const SegmentTable<kTerms>& table, N a) {
  return InSegment<20>(table.segments, Fma(a, N::Of(table.stretch), N::Of(1)), a);
}

// The same of any sign; outside of the table it is some number.
template <class A, size_t kTerms>
ACT_FN auto InSegments(const UniformSegmentTable<kTerms>& table, A x) {
  using N = decltype(High(x));
  return InSegment<0>(table.segments, Fma(High(x), N::Of(table.scale), RoundingShift<N>()), x);
}

// ratio times distance, rounded once but for the last bits of the lesser terms.
template <class N>
ACT_FN N RatioTimes(Pair<N> ratio, Pair<N> distance) {
  return Fma(ratio.high, distance.high, Fma(ratio.high, distance.low, ratio.low * distance.high));
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_POLYNOMIAL_INL_H_
