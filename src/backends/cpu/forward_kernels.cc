// f(x) of every function, in float and in double.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/forward_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

template <class F, class T>
void Forward(const Params& params, const T* x, const T*, T* out, size_t n) {
  ForEachVector(x, static_cast<const T*>(nullptr), out, n,
                [&params](auto xi, auto) HWY_ATTR { return F::Forward(xi, params); });
}

struct Tables {
  template <class F>
  static void Set(FunctionKernels& table) {
    table.in_float.forward = Forward<F, float>;
    table.in_double.forward = Forward<F, double>;
  }
};

}  // namespace

void SetForward(std::vector<FunctionKernels>& functions) {
  ForEachFunction<Tables>(functions, AllFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SetForward);

void AddForwardKernels(std::vector<FunctionKernels>& functions) {
  HWY_DYNAMIC_DISPATCH(SetForward)(functions);
}

}  // namespace activation
#endif  // HWY_ONCE
