// What several families of definitions share. Include after a host's primitives.
#if defined(ACT_DEFINITIONS_COMMON_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_COMMON_INL_H_
#undef ACT_DEFINITIONS_COMMON_INL_H_
#else
#define ACT_DEFINITIONS_COMMON_INL_H_
#endif

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

template <class N>
ACT_FN N Absolute(N x) {
  return Abs(x);
}

template <class N>
ACT_FN Pair<N> Absolute(Pair<N> x) {
  return Select(x.high < N::Of(0), -x, x);
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

// The greatest number that comes in or goes out.
template <class G>
inline constexpr double kGreatest = G::kWide || sizeof(typename NumberOf<G>::Real) == 4
                                        ? std::numeric_limits<float>::max()
                                        : std::numeric_limits<double>::max();

// x with -inf made finite: times a vanishing gate that is the limit, -0.
template <class G, class N = NumberOf<G>>
ACT_FN N AboveMinusInfinity(N x) {
  return Max(N::Of(-kGreatest<G>), x);
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_COMMON_INL_H_
