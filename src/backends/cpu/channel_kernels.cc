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

template <class F, Direction kDirection, class N>
HWY_INLINE N Result(N weight, N x, N dy) {
  if constexpr (kDirection == Direction::kForward) {
    return F::Forward(x, weight);
  } else {
    return F::Gradient(x, weight, dy);
  }
}

template <class F, Direction kDirection, class T>
void OfEach(const T* weights, const T* x, const T* dy, T* out, size_t n) {
  const hn::CappedTag<T, kKernelGranule> d;
  using N = Number<decltype(d)>;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    const N xi = {hn::LoadU(d, x + i)};
    const N dyi = dy == nullptr ? N::Of(1) : N{hn::LoadU(d, dy + i)};
    const N y = Result<F, kDirection>(N{hn::LoadU(d, weights + i)}, xi, dyi);
    hn::StoreU(WithOneNan(xi, y).v, d, out + i);
  }
}

template <class F, Direction kDirection, class T>
void OfOne(T weight, const T* x, const T* dy, T* out, size_t n, Store store) {
  constexpr bool kMayMakeNans = true;  // where the weight is one, too
  ForEachVector<kMayMakeNans>(x, dy, out, n, store, [weight](auto xi, auto dyi) HWY_ATTR {
    return Result<F, kDirection>(decltype(xi)::Of(weight), xi, dyi);
  });
}

template <class F>
void WeightTerms(const double* x, const double* dy, double* out, size_t n) {
  ForEachVector<true>(x, dy, out, n, Store::kCached,
                      [](auto xi, auto dyi) HWY_ATTR { return F::WeightTerm(xi, dyi); });
}

struct Kernels {
  template <class F>
  static ChannelKernels Of() {
    return {KernelsOf<F, float>(), KernelsOf<F, double>(), WeightTerms<F>};
  }

 private:
  template <class F, class T>
  static ChannelKernelsOf<T> KernelsOf() {
    return {{OfEach<F, Direction::kForward, T>, OfEach<F, Direction::kGradient, T>},
            {OfOne<F, Direction::kForward, T>, OfOne<F, Direction::kGradient, T>}};
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
