// What the kernels of every host ask of a function's struct (definitions-inl.h), where N is a
// number of the host. Include after a host's primitives.
#if defined(ACT_TRAITS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_TRAITS_INL_H_
#undef ACT_TRAITS_INL_H_
#else
#define ACT_TRAITS_INL_H_
#endif

#include <type_traits>

#include "src/functions/function_info.h"
#include "src/functions/grades-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// Whether F has a formula of its own in the FAST tier, which is its grade Fast.
template <class F>
inline constexpr bool kHasFastForward = !requires {
  F::kNoFastForward;
};
template <class F>
inline constexpr bool kHasFastGradient = !requires {
  F::kNoFastGradient;
};

// Whether the function, or its gradient, only chooses among numbers: its formula then gives a
// number where others give a value of two words. N is of doubles.
template <class F, bool kGradient, class N>
inline constexpr bool kChooses = [] {
  if constexpr (kGradient) {
    return std::is_same_v<decltype(F::template Gradient<Careful<N>>(N(), N(), Params())), N>;
  } else {
    return std::is_same_v<decltype(F::template Forward<Careful<N>>(N(), Params())), N>;
  }
}();

// Whether a formula in floats rounds once at most, so that its result is right as it is. N is of
// doubles.
template <class F, bool kGradient, class N>
inline constexpr bool kRoundsOnce = kChooses<F, kGradient, N> || requires {
  F::kRoundsOnce;
};

// Whether the results of a gated function are products of two elements, for which floats do.
template <class F, class N>
inline constexpr bool kIsProduct = requires(N b) {
  F::GateProduct(b, b);
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_TRAITS_INL_H_
