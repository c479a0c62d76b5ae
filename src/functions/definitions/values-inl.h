// What several families of definitions do with values, be they one number or a pair, and with
// parameters. Include after a host's primitives.
#if defined(ACT_DEFINITIONS_VALUES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_VALUES_INL_H_
#undef ACT_DEFINITIONS_VALUES_INL_H_
#else
#define ACT_DEFINITIONS_VALUES_INL_H_
#endif

#include <cstdint>
#include <cstring>
#include <limits>

#include "src/functions/function_info.h"
#include "src/functions/math-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

template <class N>
ACT_FN typename N::Mask IsInfinite(N x) {
  return Abs(x) == N::Of(std::numeric_limits<double>::infinity());
}

template <class V>
ACT_FN V ParamOf(const Params& p, size_t index) {
  return Constant<V>(RealConstant{p.values[index], 0});
}

// The exponent of x, as far as a power of two and its reciprocal are numbers.
template <class N>
ACT_FN N ExponentWithin(N x) {
  static_assert(sizeof(typename N::Real) == 8);
  return Within(Exponent(Abs(x)), 1000);
}

// A value >= 0 with the sign of x.
template <class N>
ACT_FN N WithSignOf(N x, N size) {
  return CopySign(size, x);
}

template <class N>
ACT_FN Pair<N> WithSignOf(N x, Pair<N> size) {
  return {CopySign(size.high, x), size.low * CopySign(N::Of(1), x)};
}

// |y| of a value.
template <class N>
ACT_FN N MagnitudeOf(N y) {
  return Abs(y);
}

template <class N>
ACT_FN Pair<N> MagnitudeOf(Pair<N> y) {
  return {Abs(y.high), y.low * CopySign(N::Of(1), y.high)};
}

// y for a factor that is not zero, else 0: a straight line without a slope is 0 at infinite y.
template <class N>
ACT_FN N WhereFactor(N factor, N y) {
  return Select(factor == N::Of(0), N::Of(0), y);
}

// y, or slope y where x is not above zero; without a slope 0, of infinite y too.
template <class V, class N>
ACT_FN V Sloped(N x, N y, V slope) {
  return Select(N::Of(0) < x, Exactly<V>(y), Times(WhereFactor(High(slope), y), slope));
}

// What an element adds to the gradient by that slope.
template <class N>
ACT_FN N SlopeTerm(N x, N dy) {
  return Select(N::Of(0) < x, N::Of(0), dy * x);
}

// x - bound, also for infinite x.
template <class V, class N>
ACT_FN V Less(N x, Pair<N> bound) {
  if constexpr (std::is_same_v<V, N>) {
    return (x - bound.high) - bound.low;
  } else {
    const Pair<N> sum = TwoSum(x, -bound.high);
    return {sum.high, sum.low - bound.low};
  }
}

// The axis of functions that have one; what it is for, in `description`.
constexpr ParamInfo AxisParam(const char* description) {
  return {.name = "axis",
          .default_value = -1,
          .minimum = -32,
          .maximum = 31,
          .description = description,
          .integral = true};
}

// y / divisor, in one word by way of the reciprocal, in two exact where the
// quotient is a number: else a tie would be taken for one side.
template <class N>
ACT_FN N DividedBy(N y, double, RealConstant reciprocal) {
  // A sum of zeros has lost its sign.
  return CopySign(TimesWords(y, PairOf<N>(reciprocal)), y);
}

template <class N>
ACT_FN Pair<N> DividedBy(Pair<N> y, double divisor, RealConstant reciprocal) {
  if constexpr (sizeof(typename N::Real) == 4) {
    // Ties of floats are another grade's.
    const Pair<N> words = PairOf<N>(reciprocal);
    const N product = y.high * words.high;
    const N error = Fma(y.high, words.high, -product);
    return {product, Fma(y.high, words.low, Fma(y.low, words.high, error))};
  } else {
    return Quotient(y, N::Of(divisor));
  }
}

// sqrt(y).
template <class N>
ACT_FN N SquareRoot(N y) {
  return Sqrt(y);
}

// One step of Newton from the root of the high part.
template <class N>
ACT_FN Pair<N> SquareRoot(Pair<N> y) {
  const N root = Sqrt(y.high);
  const N rest = Fma(-root, root, y.high) + y.low;
  return FastTwoSum(root, rest / (root + root));
}

// 1 + y of a value of any size.
template <class N>
ACT_FN N OneMore(N y) {
  return N::Of(1) + y;
}

template <class N>
ACT_FN Pair<N> OneMore(Pair<N> y) {
  return y + N::Of(1);
}

// a + b for |a| >= |b| or a = 0, also for infinite a.
template <class N>
ACT_FN N SumOf(N a, N b) {
  return a + b;
}

template <class N>
ACT_FN Pair<N> SumOf(Pair<N> a, Pair<N> b) {
  const Pair<N> sum = TwoSum(a.high, b.high);
  return {sum.high, sum.low + (a.low + b.low)};
}

// The greatest number that comes in or goes out.
template <class G>
inline constexpr double kGreatest = G::kWide || sizeof(typename NumberOf<G>::Real) == 4
                                        ? std::numeric_limits<float>::max()
                                        : std::numeric_limits<double>::max();

// The first 24 bits of a double.
ACT_FN double FirstBits(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  bits &= ~uint64_t{0x1fffffff};
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

// x with -inf made finite: times a vanishing gate that is the limit, -0.
template <class G, class N = NumberOf<G>>
ACT_FN N AboveMinusInfinity(N x) {
  if constexpr (kOfFloats<G>) {
    return MaxOfFloats(x, N::Of(-kGreatest<G>));
  } else {
    return Max(N::Of(-kGreatest<G>), x);
  }
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_VALUES_INL_H_
