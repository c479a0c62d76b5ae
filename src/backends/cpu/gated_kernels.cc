// Kernels of gated functions: f32 in double with the rounding test, and f64 in two
// words.
#include <algorithm>
#include <initializer_list>
#include <limits>
#include <type_traits>

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

// The one quiet NaN where a, b or y is one.
template <class N>
HWY_INLINE N WithNanOfHalves(N a, N b, N y) {
  return Select(AreNumbers(a, b), WithOneNan(y, y),
                N::Of(std::numeric_limits<double>::quiet_NaN()));
}

// Results of a granule: all that they take is loaded before any is stored, as in ForEachVector.
class Granule {
 public:
  using N = Number<Floats>;

  // Calls visit(offset, vector) for each.
  template <class Visit>
  static HWY_INLINE void ForEach(Visit visit) {
    for (size_t at = 0, k = 0; at < kKernelGranule; at += hn::Lanes(Floats()), ++k) visit(at, k);
  }

  HWY_INLINE N& operator[](size_t k) { return y_[k]; }

  HWY_INLINE void StoreAt(float* out, Store store) const {
    ForEach([&](size_t at, size_t k) HWY_ATTR { StoreVector(y_[k].v, Floats(), out + at, store); });
  }

 private:
  N y_[kKernelGranule];
};

HWY_INLINE void PrefetchGranule(std::initializer_list<const float*> inputs, Store store) {
  if (store != Store::kStreamed) return;
  for (const float* in : inputs) PrefetchAhead(in, kKernelGranule * sizeof(float));
}

// Of functions whose results are products of two floats at most.
template <class F>
struct OfProducts {
  using N = Number<Floats>;

  static bool Forward(const float* a, const float* b, float* out, uint8_t*, size_t n, Store store) {
    for (size_t i = 0; i < n; i += kKernelGranule) {
      PrefetchGranule({a + i, b + i}, store);
      Granule y;
      Granule::ForEach([&](size_t at, size_t k) HWY_ATTR {
        const N ai = {hn::LoadU(Floats(), a + i + at)};
        const N bi = {hn::LoadU(Floats(), b + i + at)};
        y[k] = WithNanOfHalves(ai, bi, F::GateProduct(ai, bi));
      });
      y.StoreAt(out + i, store);
    }
    return false;
  }

  static bool Gradient(const float* dy, const float* a, const float* b, float* by_a, float* by_b,
                       uint8_t*, size_t n, Store store) {
    for (size_t i = 0; i < n; i += kKernelGranule) {
      PrefetchGranule({dy + i, a + i, b + i}, store);
      Granule of_a;
      Granule of_b;
      Granule::ForEach([&](size_t at, size_t k) HWY_ATTR {
        const N dyi = {hn::LoadU(Floats(), dy + i + at)};
        const N ai = {hn::LoadU(Floats(), a + i + at)};
        const N bi = {hn::LoadU(Floats(), b + i + at)};
        of_a[k] = WithNanOfHalves(ai, bi, F::GateProduct(dyi, bi));
        of_b[k] = WithNanOfHalves(ai, bi, F::SlopeProduct(dyi, ai, bi));
      });
      of_a.StoreAt(by_a + i, store);
      of_b.StoreAt(by_b + i, store);
    }
    return false;
  }
};

// Results in double, rounded, stored and tested.
class Tested {
 public:
  HWY_INLINE Tested(uint8_t* doubt, size_t n, Store store) : doubt_(doubt), n_(n), store_(store) {}

  HWY_INLINE void Put(Number<Floats> a, Number<Floats> b, const Parts& y, float* out, size_t i) {
    const Number<Floats> rounded = {Narrow(y)};
    StoreVector(WithNanOfHalves(a, b, rounded).v, Floats(), out + i, store_);
    if (doubt_ == nullptr) return;
    if (HWY_UNLIKELY(MayBeInDoubt<kGateErrorUnits>(y, rounded.v)) &&
        IsInDoubt<kGateErrorUnits>(y)) {
      Mark(y, i);
    }
  }

  HWY_INLINE bool any() const { return any_; }

 private:
  HWY_NOINLINE void Mark(const Parts& y, size_t i) {
    if (!any_) std::fill(doubt_, doubt_ + n_, uint8_t{0});
    uint8_t here[kKernelGranule];
    any_ |= MarkDoubt<kGateErrorUnits>(y.at[0], y.at[kParts - 1], here);
    for (size_t k = 0; k < hn::Lanes(Floats()); ++k) doubt_[i + k] |= here[k];
  }

  uint8_t* doubt_;
  size_t n_;
  Store store_;
  bool any_ = false;
};

template <class F>
struct InDoubles {
  static bool Forward(const float* a, const float* b, float* out, uint8_t* doubt, size_t n,
                      Store store) {
    Tested tested(doubt, n, store);
    for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
      const auto ai = hn::LoadU(Floats(), a + i);
      const auto bi = hn::LoadU(Floats(), b + i);
      const Parts y = EachPart(Widen(ai), Widen(bi), [](Wide wide_a, Wide wide_b) HWY_ATTR {
        return Rounded(F::template Gate<Quick<Wide>>(wide_a, wide_b));
      });
      tested.Put({ai}, {bi}, y, out, i);
    }
    return tested.any();
  }

  static bool Gradient(const float* dy, const float* a, const float* b, float* by_a, float* by_b,
                       uint8_t* doubt, size_t n, Store store) {
    Tested tested(doubt, n, store);
    for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
      const auto ai = hn::LoadU(Floats(), a + i);
      const auto bi = hn::LoadU(Floats(), b + i);
      const Parts wide_dy = Widen(hn::LoadU(Floats(), dy + i));
      const Parts wide_a = Widen(ai);
      const Parts wide_b = Widen(bi);
      Parts of_a;
      Parts of_b;
      for (size_t part = 0; part < kParts; ++part) {
        const auto y =
            GradientsOf<F, Quick<Wide>>(wide_dy.at[part], wide_a.at[part], wide_b.at[part]);
        of_a.at[part] = y.by_a;
        of_b.at[part] = y.by_b;
      }
      tested.Put({ai}, {bi}, of_a, by_a, i);
      tested.Put({ai}, {bi}, of_b, by_b, i);
    }
    return tested.any();
  }
};

// f64, in two words.
template <class F>
struct OfDoubles {
  static constexpr hn::CappedTag<double, kKernelGranule> d{};
  using N = Number<hn::CappedTag<double, kKernelGranule>>;

  static void Forward(const double* a, const double* b, double* out, size_t n) {
    for (size_t i = 0; i < n; i += hn::Lanes(d)) {
      const N ai = {hn::LoadU(d, a + i)};
      const N bi = {hn::LoadU(d, b + i)};
      const N y = Rounded(F::template Gate<Careful<N>>(ai, bi));
      hn::StoreU(WithNanOfHalves(ai, bi, y).v, d, out + i);
    }
  }

  static void Gradient(const double* dy, const double* a, const double* b, double* by_a,
                       double* by_b, size_t n) {
    for (size_t i = 0; i < n; i += hn::Lanes(d)) {
      const N ai = {hn::LoadU(d, a + i)};
      const N bi = {hn::LoadU(d, b + i)};
      const auto y = GradientsOf<F, Careful<N>>(N{hn::LoadU(d, dy + i)}, ai, bi);
      hn::StoreU(WithNanOfHalves(ai, bi, Rounded(y.by_a)).v, d, by_a + i);
      hn::StoreU(WithNanOfHalves(ai, bi, Rounded(y.by_b)).v, d, by_b + i);
    }
  }
};

struct Kernels {
  template <class F>
  static GatedKernels Of() {
    using Floating = std::conditional_t<kIsProduct<F, Number<Floats>>, OfProducts<F>, InDoubles<F>>;
    return {Floating::Forward, Floating::Gradient, OfDoubles<F>::Forward, OfDoubles<F>::Gradient};
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
