// What rows of f32 add up to, in double. Included once a target.
#if defined(ACT_ROW_TOTALS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_ROW_TOTALS_INL_H_
#undef ACT_ROW_TOTALS_INL_H_
#else
#define ACT_ROW_TOTALS_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "src/backends/cpu/row_block-inl.h"
#include "src/backends/cpu/row_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

// Bound on the error of a gradient, relative to the size of what it adds up, in units of 2^-53: 38
// of the rest (35 additions in a block, e^t 2, the sum of blocks), so 40 of the reciprocal, twice
// for its square; 40 of the terms; 7 of the last products. 127 in all, two of the test itself, and
// some to spare.
constexpr double kGradientError = 160 * 0x1p-53;

// The bits of the least of some floats that is not zero, less one.
class LeastBits {
 public:
  HWY_INLINE LeastBits() : less_one_(hn::Set(Bits(), ~uint32_t{0})) {}

  // Those of a zero become the greatest.
  HWY_INLINE void Take(hn::Vec<Floats> floats) {
    const auto bits = hn::BitCast(Bits(), hn::Abs(floats));
    less_one_ = hn::Min(less_one_, hn::Sub(bits, hn::Set(Bits(), 1)));
  }
  // Whether none is less than those of `least`, but for zeros.
  HWY_INLINE bool AreAtLeast(float least) const {
    const auto bits = hn::BitCast(Bits(), hn::Set(Floats(), least));
    const auto least_less_one = hn::Sub(bits, hn::Set(Bits(), 1));
    return hn::AllTrue(Bits(), hn::Eq(hn::Min(less_one_, least_less_one), least_less_one));
  }
  HWY_INLINE uint32_t LessOne() const { return hn::GetLane(hn::MinOfLanes(Bits(), less_one_)); }

 private:
  using Bits = hn::RebindToUnsigned<Floats>;

  hn::Vec<Bits> less_one_;
};

// Whether what an element is less than the top is a double wherever its exponential is not as good
// as zero: all are multiples of 2^-44, and so are differences, of which 2^9 has 2^53.
inline bool DifferencesAreExact(const float* x, size_t n) {
  constexpr float kLeast = 0x1p-21F;
  LeastBits least;
  const size_t whole = n - n % hn::Lanes(Floats());
  for (size_t i = 0; i < whole; i += hn::Lanes(Floats())) least.Take(hn::LoadU(Floats(), x + i));
  return least.AreAtLeast(kLeast) && std::all_of(x + whole, x + n, [](float value) {
           return value == 0 || std::fabs(value) >= kLeast;
         });
}

// e^(x - top) of a vector of floats; kExact says that the differences are.
template <class F, bool kExact>
HWY_INLINE Parts RowExps(const float* x, Wide top) {
  const Parts parts = Widen(hn::LoadU(Floats(), x));
  return EachPart(parts, parts, [top](Wide part, Wide) HWY_ATTR {
    if constexpr (kExact) {
      return RowExp<Quick<Wide>>(Taken<F>(part) - top).mantissa;
    } else {
      return RowExp<Quick<Wide>>(Below(Taken<F>(part), top)).mantissa;
    }
  });
}

struct BlockSums {
  BlockSum rest;
  BlockSum terms;
  BlockSum sizes;
  uint32_t least_less_one = ~uint32_t{0};  // LeastBits of terms that are dy
};

// Adds a block, without the top. `exps(i)` are its exponentials from element i on.
template <class F, bool kGradient, class Exps>
HWY_INLINE void AddBlock(const RowBlock<F, float>& block, Wide top_dy, Exps exps, BlockSums& sums) {
  PlacedSum<kKernelGranule> rest;
  PlacedSum<kKernelGranule> terms;
  PlacedSum<kKernelGranule> sizes;
  LeastBits least;
  for (size_t i = 0; i < block.padded(); i += kKernelGranule) {
    for (size_t group = 0; group < rest.kGroups; ++group) {
      const size_t at = i + group * hn::Lanes(Floats());
      const Parts e = exps(at);
      rest.Add(e, group);
      if constexpr (kGradient) {
        const hn::Vec<Floats> floats = LoadOrOnes(Floats(), block.dy(at));
        if constexpr (!F::kTermsHaveExp) least.Take(floats);
        const Parts dy = Widen(floats);
        const Parts term = EachPart(e, dy, [top_dy](Wide part, Wide dyi) HWY_ATTR {
          return F::template Term<Quick<Wide>>(Unscaled<Quick<Wide>>(part), dyi, top_dy);
        });
        terms.Add(term, group);
        sizes.Add(EachPart(term, term, [](Wide part, Wide) HWY_ATTR { return Abs(part); }), group);
      }
    }
  }
  sums.rest.Add(rest.Total());
  if constexpr (kGradient) {
    sums.terms.Add(terms.Total());
    sums.sizes.Add(sizes.Total());
    sums.least_less_one = std::min(sums.least_less_one, least.LessOne());
  }
}

// Whether the sum of terms that are dy is exact, in whatever order: all are multiples of the last
// bit of the least, and come to less than 2^53 of it, with a factor of two for the rounding of
// their sizes. False where one is not finite.
inline bool TermsAreExact(const BlockSums& sums) {
  const uint32_t bits = sums.least_less_one + 1;
  const int exponent = std::max(1, static_cast<int>(bits >> 23));  // with its bias, 127
  return bits == 0 || sums.sizes.high < std::ldexp(1.0, exponent - 127 - 23 + 52);
}

template <class F, bool kGradient>
HWY_INLINE RowSums<Quick<Wide>> TotalsOf(const BlockSums& sums, Wide top_dy) {
  const RowSums<Quick<Wide>> totals =
      SumsOf<Quick<Wide>>(sums.rest.Total(), sums.terms.Total(), sums.sizes.Total(), top_dy);
  if constexpr (kGradient && !F::kTermsHaveExp) {
    if (TermsAreExact(sums)) return WithExactTerms<Quick<Wide>>(totals);
  }
  return totals;
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_ROW_TOTALS_INL_H_
