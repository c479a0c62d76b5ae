// The FAST tier's kernels: f(x) and dy * f'(x) of every function, in float.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/fast_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

struct Tables {
  template <class F>
  static void Set(FunctionKernels& table) {
    if constexpr (kHasFastForward<F>) table.fast.forward = Forward<F, Fast, float>;
    if constexpr (kHasFastGradient<F>) table.fast.gradient = Gradient<F, Fast, float>;
  }
};

}  // namespace

void SetFastKernels(std::vector<FunctionKernels>& functions) {
  ForEachFunction<Tables>(functions, ElementwiseFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SetFastKernels);

void AddFastKernels(std::vector<FunctionKernels>& functions) {
  HWY_DYNAMIC_DISPATCH(SetFastKernels)(functions);
}

}  // namespace activation
#endif  // HWY_ONCE
