// Kernels of per-channel functions, in float and in double.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/channel_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

template <class F, class T>
void ChannelForward(const T* x, const T* weight, T* out, size_t n) {
  ForEachVector<false>(x, weight, out, n, Store::kCached,
                       [](auto xi, auto w) HWY_ATTR { return WithOneNan(xi, F::Forward(xi, w)); });
}

template <class F, class T>
void ChannelGradient(const T* x, const T* weight, const T* dy, T* out, size_t n) {
  const hn::CappedTag<T, kKernelGranule> d;
  using N = Number<decltype(d)>;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    const N xi = {hn::LoadU(d, x + i)};
    const N dx = F::Gradient(xi, N{hn::LoadU(d, weight + i)}, N{hn::LoadU(d, dy + i)});
    hn::StoreU(WithOneNan(xi, dx).v, d, out + i);
  }
}

template <class F>
void WeightTerms(const double* x, const double* dy, double* out, size_t n) {
  ForEachVector<true>(x, dy, out, n, Store::kCached,
                      [](auto xi, auto dyi) HWY_ATTR { return F::WeightTerm(xi, dyi); });
}

struct Kernels {
  template <class F>
  static ChannelKernels Of() {
    return {{ChannelForward<F, float>, ChannelGradient<F, float>},
            {ChannelForward<F, double>, ChannelGradient<F, double>},
            WeightTerms<F>};
  }
};

}  // namespace

std::vector<ChannelKernels> MakeChannelKernels() { return TableOf<Kernels>(PerChannelFunctions()); }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeChannelKernels);

std::vector<ChannelKernels> ChosenChannelKernels() {
  return HWY_DYNAMIC_DISPATCH(MakeChannelKernels)();
}

}  // namespace activation
#endif  // HWY_ONCE
