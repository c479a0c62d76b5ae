// dy * f'(x) of every function, in float and in double.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/gradient_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

template <class F, class T>
void Gradient(const Params& params, const T* x, const T* dy, T* out, size_t n) {
  ForEachVector(x, dy, out, n,
                [&params](auto xi, auto dyi) HWY_ATTR { return F::Gradient(xi, dyi, params); });
}

struct Tables {
  template <class F>
  static void Set(FunctionKernels& table) {
    table.in_float.gradient = Gradient<F, float>;
    table.in_double.gradient = Gradient<F, double>;
  }
};

}  // namespace

void SetGradient(std::vector<FunctionKernels>& functions) {
  ForEachFunction<Tables>(functions, AllFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SetGradient);

void AddGradientKernels(std::vector<FunctionKernels>& functions) {
  HWY_DYNAMIC_DISPATCH(SetGradient)(functions);
}

}  // namespace activation
#endif  // HWY_ONCE
