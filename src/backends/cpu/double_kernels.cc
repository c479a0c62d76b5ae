// The kernels of f64: f(x) and dy * f'(x) of every function, in two words.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/double_kernels.cc"
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
    table.in_double = {Forward<F, Careful, double>, Gradient<F, Careful, double>};
  }
};

}  // namespace

void SetDoubleKernels(std::vector<FunctionKernels>& functions) {
  ForEachFunction<Tables>(functions, ElementwiseFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SetDoubleKernels);

void AddDoubleKernels(std::vector<FunctionKernels>& functions) {
  HWY_DYNAMIC_DISPATCH(SetDoubleKernels)(functions);
}

}  // namespace activation
#endif  // HWY_ONCE
