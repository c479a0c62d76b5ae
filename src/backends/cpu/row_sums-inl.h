// Sums of a row's elements, in double. What is added has a place by its position, so
// that every target adds in the same order. Included once a target.
#if defined(ACT_ROW_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_ROW_SUMS_INL_H_
#undef ACT_ROW_SUMS_INL_H_
#else
#define ACT_ROW_SUMS_INL_H_
#endif

#include <cmath>

#include "src/backends/compensated_sum.h"
#include "src/backends/cpu/rounding_test-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

// Half and half, until one is left.
template <class D>
HWY_INLINE hn::TFromD<D> TotalOfLanes(D, hn::Vec<D> v) {
#if HWY_TARGET != HWY_SCALAR  // which has no upper half
  if constexpr (hn::MaxLanes(D()) > 1) {
    const hn::Half<D> half;
    return TotalOfLanes(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
#endif
  return hn::GetLane(v);
}

// A sum in which an element's place is its position modulo kSpan.
template <size_t kSpan>
class PlacedSum {
 public:
  // Vectors of floats in a span.
  static constexpr size_t kGroups = kSpan / hn::MaxLanes(Floats());
  // And of doubles.
  static constexpr size_t kVectors = kGroups * kParts;

  // One by one, because a vector of Highway's for NEON begins as anything.
  HWY_INLINE PlacedSum() {
    for (Wide& place : places_) place = Wide::Of(0);
  }

  HWY_INLINE void Add(const Parts& terms, size_t group) {
    for (size_t part = 0; part < kParts; ++part) Add(terms.at[part], group * kParts + part);
  }

  HWY_INLINE void Add(Wide terms, size_t vector) { places_[vector] = places_[vector] + terms; }

  // Adds products, each rounded once with the sum.
  HWY_INLINE void AddProduct(Wide a, Wide b, size_t vector) {
    places_[vector] = Fma(a, b, places_[vector]);
  }

  // Half and half, until one is left: in whole vectors first.
  HWY_INLINE double Total() const {
    Wide sums[kVectors];
    for (size_t i = 0; i < kVectors; ++i) sums[i] = places_[i];
    for (size_t half = kVectors / 2; half > 0; half /= 2) {
      for (size_t i = 0; i < half; ++i) sums[i] = sums[i] + sums[i + half];
    }
    return TotalOfLanes(Doubles(), sums[0].v);
  }

 private:
  Wide places_[kVectors];
};

// A sum of blocks' sums to about twice a double's bits, however many there are.
struct BlockSum {
  double high = 0;
  double low = 0;

  void Add(double term) { CompensatedSum::Accumulate(term, high, low); }
  Wide Total() const { return Wide::Of(std::isfinite(high) ? high + low : high); }
};

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_ROW_SUMS_INL_H_
