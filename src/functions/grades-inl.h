// How exactly a formula is computed. Every formula is written once, for a grade
// G, which says in how many words its values are carried:
//
//   Fast<N>      one word, results as wide as N: the FAST tier, in float.
//                Within 2 ULP forward and 4 in the gradient.
//   Quick<N>     one word, inputs and results narrower than N: f32 in double.
//                Within 2^-44 of the truth, gates 2^-43 (error_bound.h), for the rounding test to
//                judge; a result that rounds to one as a float may be any number that does.
//   Careful<N>   two words, results as wide as N: f64. Within 1 ULP.
//   Certain<N>   two words and the longest polynomials, results narrower than N:
//                the slow lane. Within about 2^-95, and exact ties are exact.
//
// A value is an N or a Pair<N>, with the same operators. Include after a host's
// primitives.
#if defined(ACT_GRADES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_GRADES_INL_H_
#undef ACT_GRADES_INL_H_
#else
#define ACT_GRADES_INL_H_
#endif

#include <cstddef>
#include <type_traits>

#include "src/functions/coefficients.h"
#include "src/functions/pair-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

template <class N>
struct Fast {
  using Number = N;
  using Value = N;
  using Argument = Pair<N>;
  static constexpr bool kWide = false;
};

template <class N>
struct Quick {
  using Number = N;
  using Value = N;
  using Argument = N;
  static constexpr bool kWide = true;
};

template <class N>
struct Careful {
  using Number = N;
  using Value = Pair<N>;
  using Argument = Pair<N>;
  static constexpr bool kWide = false;
  static constexpr size_t kPairSteps = 3;
};

template <class N>
struct Certain {
  using Number = N;
  using Value = Pair<N>;
  using Argument = Pair<N>;
  static constexpr bool kWide = true;
  static constexpr size_t kPairSteps = 64;
};

template <class G>
using NumberOf = typename G::Number;
// What a formula computes with.
template <class G>
using ValueOf = typename G::Value;
// What an exponential takes: an error here is multiplied by its size.
template <class G>
using ArgumentOf = typename G::Argument;

template <class G>
inline constexpr bool kInPairs = !std::is_same_v<ValueOf<G>, NumberOf<G>>;
template <class G>
inline constexpr bool kIsFast = std::is_same_v<G, Fast<NumberOf<G>>>;
template <class G>
inline constexpr bool kIsQuick = std::is_same_v<G, Quick<NumberOf<G>>>;
template <class G>
inline constexpr bool kIsCertain = std::is_same_v<G, Certain<NumberOf<G>>>;
// Whether elements are floats, and limits that are floats do for numbers of the grade.
template <class G>
inline constexpr bool kOfFloats = G::kWide || kIsFast<G>;

// A constant or a product as a V: one word or two.
template <class V>
struct WordsOf;

template <class V>
ACT_FN V Constant(RealConstant c) {
  return WordsOf<V>::Of(c);
}

template <class V, class N>
ACT_FN V Exactly(N x) {
  if constexpr (std::is_same_v<V, N>) {
    return x;
  } else {
    return {x, N::Of(0)};
  }
}

// a * b, in a Pair without error.
template <class V, class N>
ACT_FN V Product(N a, N b) {
  if constexpr (std::is_same_v<V, N>) {
    return a * b;
  } else {
    return TwoProduct(a, b);
  }
}

// a + b, in a Pair without error.
template <class V, class N>
ACT_FN V Sum(N a, N b) {
  if constexpr (std::is_same_v<V, N>) {
    return a + b;
  } else {
    return TwoSum(a, b);
  }
}

// The same for |a| >= |b|.
template <class V, class N>
ACT_FN V FastSum(N a, N b) {
  if constexpr (std::is_same_v<V, N>) {
    return a + b;
  } else {
    return FastTwoSum(a, b);
  }
}

template <class N>
ACT_FN N High(N x) {
  return x;
}

template <class N>
ACT_FN N High(Pair<N> x) {
  return x.high;
}

template <class N>
ACT_FN N Low(N) {
  return N::Of(0);
}

template <class N>
ACT_FN N Low(Pair<N> x) {
  return x.low;
}

template <class N>
struct WordsOf {
  static ACT_FN N Of(RealConstant c) { return N::Of(c.high); }
};

template <class N>
struct WordsOf<Pair<N>> {
  static ACT_FN Pair<N> Of(RealConstant c) { return PairOf<N>(c); }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_GRADES_INL_H_
