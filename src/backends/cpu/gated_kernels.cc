// Kernels of gated functions: f32 in double with the rounding test, and f64 in two
// words.
#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/gated_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/rounding_test-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

// w g(b), or w a g'(b).
template <class F, bool kSlope, class G, class N = NumberOf<G>>
HWY_INLINE N Gate(N w, N a, N b) {
  if constexpr (kSlope) {
    return Rounded(OfProduct<BySlope<F>, G>(w, a, b));
  } else {
    return Rounded(F::template Gate<G>(w, b));
  }
}

// The one quiet NaN where a, b or y is one.
template <class N>
HWY_INLINE N WithNanOfHalves(N a, N b, N y) {
  return Select(AreNumbers(a, b), WithOneNan(y, y),
                N::Of(std::numeric_limits<double>::quiet_NaN()));
}

template <class F, bool kSlope>
bool ProductOfFloats(const float* w, const float* a, const float* b, float* out, uint8_t*, size_t n,
                     Store store) {
  using N = Number<Floats>;
  for (size_t i = 0; i < n; i += kKernelGranule) {
    if (store == Store::kStreamed) {
      for (const float* in : {w, a, b}) PrefetchAhead(in + i, kKernelGranule * sizeof(float));
    }
    // Loaded before any is stored, as in ForEachVector.
    N y[kKernelGranule];
    const auto each_vector = [](auto visit) HWY_ATTR {
      for (size_t at = 0, k = 0; at < kKernelGranule; at += hn::Lanes(Floats()), ++k) visit(at, k);
    };
    each_vector([&](size_t at, size_t k) HWY_ATTR {
      const N wi = {hn::LoadU(Floats(), w + i + at)};
      const N ai = {hn::LoadU(Floats(), a + i + at)};
      const N bi = {hn::LoadU(Floats(), b + i + at)};
      const N product = kSlope ? F::SlopeProduct(wi, ai, bi) : F::GateProduct(wi, bi);
      y[k] = WithNanOfHalves(ai, bi, product);
    });
    each_vector([&](size_t at, size_t k)
                    HWY_ATTR { StoreVector(y[k].v, Floats(), out + i + at, store); });
  }
  return false;
}

template <class F, bool kSlope>
bool GateOfFloats(const float* w, const float* a, const float* b, float* out, uint8_t* doubt,
                  size_t n, Store store) {
  using N = Number<Floats>;
  bool any = false;
  for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
    const N ai = {hn::LoadU(Floats(), a + i)};
    const N bi = {hn::LoadU(Floats(), b + i)};
    const Parts wide_w = Widen(hn::LoadU(Floats(), w + i));
    const Parts wide_a = Widen(ai.v);
    const Parts wide_b = Widen(bi.v);
    Parts y;
    for (size_t part = 0; part < kParts; ++part) {
      y.at[part] = Gate<F, kSlope, Quick<Wide>>(wide_w.at[part], wide_a.at[part], wide_b.at[part]);
    }
    const N rounded = {Narrow(y)};
    StoreVector(WithNanOfHalves(ai, bi, rounded).v, Floats(), out + i, store);
    if (doubt == nullptr) continue;
    if (HWY_UNLIKELY(MayBeInDoubt<kGateErrorUnits>(y, rounded.v)) &&
        IsInDoubt<kGateErrorUnits>(y)) {
      if (!any) std::fill(doubt, doubt + n, uint8_t{0});
      any |= MarkDoubt<kGateErrorUnits>(y.at[0], y.at[kParts - 1], doubt + i);
    }
  }
  return any;
}

template <class F, bool kSlope>
void GateOfDoubles(const double* w, const double* a, const double* b, double* out, size_t n) {
  const hn::CappedTag<double, kKernelGranule> d;
  using N = Number<decltype(d)>;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    const N wi = {hn::LoadU(d, w + i)};
    const N ai = {hn::LoadU(d, a + i)};
    const N bi = {hn::LoadU(d, b + i)};
    const N y = Gate<F, kSlope, Careful<N>>(wi, ai, bi);
    hn::StoreU(WithNanOfHalves(ai, bi, y).v, d, out + i);
  }
}

struct Kernels {
  template <class F>
  static GatedKernels Of() {
    return {OfFloats<F, false>(), OfFloats<F, true>(), GateOfDoubles<F, false>,
            GateOfDoubles<F, true>};
  }

 private:
  template <class F, bool kSlope>
  static TestedGateKernel OfFloats() {
    if constexpr (kIsProduct<F, Number<Floats>>) {
      return ProductOfFloats<F, kSlope>;
    } else {
      return GateOfFloats<F, kSlope>;
    }
  }
};

}  // namespace

std::vector<GatedKernels> MakeGatedKernels() { return TableOf<Kernels>(GatedFunctions()); }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeGatedKernels);

std::vector<GatedKernels> ChosenGatedKernels() { return HWY_DYNAMIC_DISPATCH(MakeGatedKernels)(); }

}  // namespace activation
#endif  // HWY_ONCE
