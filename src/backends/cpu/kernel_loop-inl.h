// The loop of every elementwise kernel: load vectors, apply a formula, store.
// Included once a target, after the file that includes it has set HWY_TARGET.
#if defined(ACT_KERNEL_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_KERNEL_LOOP_INL_H_
#undef ACT_KERNEL_LOOP_INL_H_
#else
#define ACT_KERNEL_LOOP_INL_H_
#endif

#include <cstddef>
#include <limits>
#include <vector>

#include "src/backends/cpu/kernels.h"
#include "src/functions/ops_simd-inl.h"
// Needs the host's primitives before it.
#include "src/functions/definitions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

// out = formula(x, dy) by whole vectors. Every NaN leaves as the one quiet NaN
// with a clear sign, because hosts differ in the NaNs they make.
template <class T, class Formula>
HWY_INLINE void ForEachVector(const T* x, const T* dy, T* out, size_t n, Formula formula) {
  const hn::CappedTag<T, kKernelGranule> d;
  using N = Number<decltype(d)>;
  const N nan = N::Of(std::numeric_limits<double>::quiet_NaN());
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    const N xi = {hn::LoadU(d, x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(d, dy + i)};
    const N y = formula(xi, dyi);
    hn::StoreU(Select((xi == xi) & (y == y), y, nan).v, d, out + i);
  }
}

// Sets one member of every function's table: Add<Visitor>(functions) calls
// Visitor::Set<F>(table) for each function F of the catalogue.
template <class Visitor, class... Functions>
void ForEachFunction(std::vector<FunctionKernels>& functions, TypeList<Functions...>) {
  size_t id = 0;
  (Visitor::template Set<Functions>(functions[id++]), ...);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_KERNEL_LOOP_INL_H_
