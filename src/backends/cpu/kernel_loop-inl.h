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

// y with every NaN the one quiet NaN with a clear sign, because hosts differ in
// the NaNs they make; also where only x is one.
template <class N>
HWY_INLINE N WithOneNan(N x, N y) {
  return Select(AreNumbers(x, y), y, N::Of(std::numeric_limits<double>::quiet_NaN()));
}

// The same where y is that NaN already or none unless x is: for f itself, which
// makes no other.
template <class N>
HWY_INLINE N WithNanOf(N x, N y) {
  return Select(x == x, y, N::Of(std::numeric_limits<double>::quiet_NaN()));
}

template <class D>
HWY_INLINE void StoreVector(hn::Vec<D> y, D d, hn::TFromD<D>* to, Store store) {
  if (store == Store::kStreamed) {
    hn::Stream(y, d, to);
  } else {
    hn::StoreU(y, d, to);
  }
}

// Vectors loaded before their results are stored. A store whose address looks to the
// core like that of a load ahead of it delays that load; which addresses do is a matter
// of luck, and this way it is one load in so many (docs/performance.md).
constexpr size_t kVectorsAtOnce = 4;

// What a core computes hides from it which lines it will want, so that tensors from memory came
// later than to a mere copy: lines are asked for so many bytes ahead. Farther ahead is worse
// (docs/performance.md).
constexpr size_t kPrefetchedAhead = 512;

// Asks for the lines of `bytes` from `from` on that the kernel will read later.
HWY_INLINE void PrefetchAhead(const void* from, size_t bytes) {
  const char* const ahead = static_cast<const char*>(from) + kPrefetchedAhead;
  for (size_t at = 0; at < bytes; at += kStreamAlignment) {
    constexpr int kToRead = 0;
    constexpr int kOnce = 0;  // nothing reads a line of a streamed evaluation twice
    __builtin_prefetch(ahead + at, kToRead, kOnce);
  }
}

// Whether the vectors from x on that are computed at once hold no NaN: two are compared at a time.
template <class D>
HWY_INLINE bool AreNumbersFrom(D d, const hn::TFromD<D>* x) {
  using N = Number<D>;
  static_assert(kVectorsAtOnce == 4);
  const size_t lanes = hn::Lanes(d);
  const auto pair = [=](size_t k) HWY_ATTR {
    return AreNumbers(N{hn::LoadU(d, x + k * lanes)}, N{hn::LoadU(d, x + (k + 1) * lanes)});
  };
  return HWY_LIKELY(hn::AllTrue(d, (pair(0) & pair(2)).m));
}

// out = formula(x, dy) by whole vectors, where dy is not nullptr, else with ones.
template <bool kGradient, class T, class Formula>
HWY_INLINE void ForEachVector(const T* x, const T* dy, T* out, size_t n, Store store,
                              Formula formula) {
  const hn::CappedTag<T, kKernelGranule> d;
  using N = Number<decltype(d)>;
  const auto at = [=](size_t i) HWY_ATTR {
    const N xi = {hn::LoadU(d, x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(d, dy + i)};
    return formula(xi, dyi);
  };
  const auto with_nan = [=](size_t i, N y) HWY_ATTR {
    const N xi = {hn::LoadU(d, x + i)};
    return kGradient ? WithOneNan(xi, y) : WithNanOf(xi, y);
  };
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + kVectorsAtOnce * lanes <= n; i += kVectorsAtOnce * lanes) {
    if (store == Store::kStreamed) {
      PrefetchAhead(x + i, kVectorsAtOnce * lanes * sizeof(T));
      if (dy != nullptr) PrefetchAhead(dy + i, kVectorsAtOnce * lanes * sizeof(T));
    }
    N y[kVectorsAtOnce];
    for (size_t k = 0; k < kVectorsAtOnce; ++k) y[k] = at(i + k * lanes);
    if (kGradient || !AreNumbersFrom(d, x + i)) {
      for (size_t k = 0; k < kVectorsAtOnce; ++k) y[k] = with_nan(i + k * lanes, y[k]);
    }
    for (size_t k = 0; k < kVectorsAtOnce; ++k) StoreVector(y[k].v, d, out + i + k * lanes, store);
  }
  for (; i < n; i += lanes) StoreVector(with_nan(i, at(i)).v, d, out + i, store);
}

// f(x) in a grade, on vectors of T. The formula has a copy of the parameters,
// which no store can change, so that what depends on them alone is computed once.
template <class F, template <class> class Grade, class T>
void Forward(const Params& params, const T* x, const T*, T* out, size_t n, Store store) {
  const T* no_dy = nullptr;
  ForEachVector<false>(x, no_dy, out, n, store, [params](auto xi, auto) HWY_ATTR {
    return Rounded(F::template Forward<Grade<decltype(xi)>>(xi, params));
  });
}

// dy * f'(x) in a grade, on vectors of T.
template <class F, template <class> class Grade, class T>
void Gradient(const Params& params, const T* x, const T* dy, T* out, size_t n, Store store) {
  ForEachVector<true>(x, dy, out, n, store, [params](auto xi, auto dyi) HWY_ATTR {
    return Rounded(F::template Gradient<Grade<decltype(xi)>>(xi, dyi, params));
  });
}

// A table of what Kernels gives for each function of a list: Kernels::Of<F>().
template <class Kernels, class... Functions>
auto TableOf(TypeList<Functions...>) {
  return std::vector{Kernels::template Of<Functions>()...};
}

// Sets one member of every function's table: ForEachFunction<Visitor>(functions, list) calls
// Visitor::Set<F>(table) for each function F of the list.
template <class Visitor, class... Functions>
void ForEachFunction(std::vector<FunctionKernels>& functions, TypeList<Functions...>) {
  size_t id = 0;
  (Visitor::template Set<Functions>(functions[id++]), ...);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_KERNEL_LOOP_INL_H_
