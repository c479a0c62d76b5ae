// dy * df/dp of every function with differentiable parameters, in double.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/parameter_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

template <class F, size_t kParam>
void ParameterTerms(const Params& params, const double* x, const double* dy, double* out, size_t n,
                    Store store) {
  ForEachVector<true>(x, dy, out, n, store, [params](auto xi, auto dyi) HWY_ATTR {
    return F::template ParameterTerm<Careful<decltype(xi)>, kParam>(xi, dyi, params);
  });
}

struct Tables {
  template <class F, size_t kParam = 0>
  static void Set(FunctionKernels& table) {
    if constexpr (kParam < kMaxParams) {
      if constexpr (F::kInfo.params[kParam].differentiable) {
        table.parameter_terms[kParam] = ParameterTerms<F, kParam>;
      }
      Set<F, kParam + 1>(table);
    }
  }
};

}  // namespace

void SetParameterTerms(std::vector<FunctionKernels>& functions) {
  ForEachFunction<Tables>(functions, ElementwiseFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SetParameterTerms);

void AddParameterKernels(std::vector<FunctionKernels>& functions) {
  HWY_DYNAMIC_DISPATCH(SetParameterTerms)(functions);
}

}  // namespace activation
#endif  // HWY_ONCE
