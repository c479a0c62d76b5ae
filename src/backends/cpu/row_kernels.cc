// Kernels of row-wise functions for f32, in double with a rounding test. A row is
// gone over twice: for its sums and for its results.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/row_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/rounding_test-inl.h"
#include "src/backends/cpu/row_block-inl.h"
#include "src/backends/cpu/row_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Grade = Quick<Wide>;

// Rows up to this long keep their exponentials from one pass to the next.
constexpr size_t kKeptRow = 4096;

// Bound on the error of a gradient, relative to the size of what it adds up, in units of
// 2^-53: 49 of the rest (46 additions in a block, e^t 2, the sum of blocks), so 51 of the
// reciprocal, twice for its square; 51 of the terms; 5 of the last products. 158 in all, and two
// of the test itself.
constexpr double kRelativeError = 160 * 0x1p-53;

// The bits of the least of some floats that is not zero, less one.
class LeastBits {
 public:
  HWY_INLINE LeastBits() : less_one_(hn::Set(Bits(), ~uint32_t{0})) {}

  // Those of a zero become the greatest.
  HWY_INLINE void Take(hn::Vec<Floats> floats) {
    const auto bits = hn::BitCast(Bits(), hn::Abs(floats));
    less_one_ = hn::Min(less_one_, hn::Sub(bits, hn::Set(Bits(), 1)));
  }
  HWY_INLINE uint32_t LessOne() const { return hn::GetLane(hn::MinOfLanes(Bits(), less_one_)); }

 private:
  using Bits = hn::RebindToUnsigned<Floats>;

  hn::Vec<Bits> less_one_;
};

struct Sums {
  BlockSum rest;
  BlockSum terms;
  BlockSum sizes;
  uint32_t least_less_one = ~uint32_t{0};  // LeastBits of terms that are dy
};

// Whether the sum of terms that are dy is exact, in whatever order: all are multiples of the last
// bit of the least, and come to less than 2^53 of it, with a factor of two for the rounding of
// their sizes. False where one is not finite.
bool TermsAreExact(const Sums& sums) {
  const uint32_t bits = sums.least_less_one + 1;
  const int exponent = std::max(1, static_cast<int>(bits >> 23));  // with its bias, 127
  return bits == 0 || sums.sizes.high < std::ldexp(1.0, exponent - 127 - 23 + 52);
}

// e^(x - top) of a vector of floats.
template <class F>
HWY_INLINE Parts RowExps(const Parts& x, Wide top) {
  return EachPart(x, x, [top](Wide part, Wide) HWY_ATTR {
    return RowExp<Grade>(Below(Taken<F>(part), top)).mantissa;
  });
}

HWY_INLINE Parts LoadParts(const double* from) {
  Parts parts;
  for (size_t part = 0; part < kParts; ++part) {
    parts.at[part] = {hn::LoadU(Doubles(), from + part * hn::Lanes(Doubles()))};
  }
  return parts;
}

HWY_INLINE void StoreParts(const Parts& parts, double* to) {
  for (size_t part = 0; part < kParts; ++part) {
    hn::StoreU(parts.at[part].v, Doubles(), to + part * hn::Lanes(Doubles()));
  }
}

// Adds a block to the sums, and keeps its exponentials where `kept` is not nullptr.
template <class F, bool kGradient>
void AddBlock(const RowBlock<F, float>& block, Wide top, Wide top_dy, double* kept, Sums& sums) {
  PlacedSum<kKernelGranule> rest;
  PlacedSum<kKernelGranule> terms;
  PlacedSum<kKernelGranule> sizes;
  LeastBits least;
  for (size_t i = 0; i < block.padded(); i += kKernelGranule) {
    for (size_t group = 0; group < rest.kGroups; ++group) {
      const size_t at = i + group * hn::Lanes(Floats());
      const Parts e = RowExps<F>(Widen(hn::LoadU(Floats(), block.x(at))), top);
      if (kept != nullptr) StoreParts(e, kept + at);
      rest.Add(e, group);
      if constexpr (kGradient) {
        const hn::Vec<Floats> floats = LoadOrOnes(Floats(), block.dy(at));
        if constexpr (!F::kTermsHaveExp) least.Take(floats);
        const Parts dy = Widen(floats);
        const Parts term = EachPart(e, dy, [top_dy](Wide part, Wide dyi) HWY_ATTR {
          return F::template Term<Grade>(Unscaled<Grade>(part), dyi, top_dy);
        });
        terms.Add(term, group);
        sizes.Add(EachPart(term, term, [](Wide part, Wide) HWY_ATTR { return Abs(part); }), group);
      }
    }
  }
  sums.rest.Add(rest.Total());
  sums.terms.Add(terms.Total());
  sums.sizes.Add(sizes.Total());
  sums.least_less_one = std::min(sums.least_less_one, least.LessOne());
}

// Whether numbers within `error` of a lane round to different floats.
HWY_INLINE bool IsInDoubt(const Parts& y, const Parts& error) {
  const Parts low = EachPart(y, error, [](Wide part, Wide e) HWY_ATTR { return part - e; });
  const Parts high = EachPart(y, error, [](Wide part, Wide e) HWY_ATTR { return part + e; });
  return !hn::AllTrue(Floats(), hn::Eq(Narrow(low), Narrow(high)));
}

// Says so of each lane, and of none that is not a number.
HWY_NOINLINE bool MarkDoubt(const Parts& y, const Parts& error, uint8_t* doubt) {
  HWY_ALIGN double lanes[2][kKernelGranule];
  StoreParts(y, lanes[0]);
  StoreParts(error, lanes[1]);
  bool any = false;
  for (size_t i = 0; i < hn::Lanes(Floats()); ++i) {
    const auto low = static_cast<float>(lanes[0][i] - lanes[1][i]);
    const auto high = static_cast<float>(lanes[0][i] + lanes[1][i]);
    doubt[i] = low < high ? 1 : 0;
    any |= doubt[i] != 0;
  }
  return any;
}

// Results of the vector of floats at `i` of a block, from its exponentials; marks in
// `doubt`, where that is not nullptr, which are in doubt, and returns whether any is.
template <class F>
HWY_INLINE bool Finish(std::false_type, const RowBlock<F, float>& block, size_t i, const Parts& e,
                       Wide top, const RowSums<Grade>& sums, float* out, uint8_t* doubt) {
  const Parts x = Widen(hn::LoadU(Floats(), block.x(i)));
  const Parts y = EachPart(x, e, [&](Wide part, Wide exp) HWY_ATTR {
    return F::template Forward<Grade>(Below(Taken<F>(part), top), Unscaled<Grade>(exp), sums);
  });
  const hn::Vec<Floats> rounded = Narrow(y);
  hn::StoreU(rounded, Floats(), out + i);
  if (doubt == nullptr || HWY_LIKELY(!MayBeInDoubt(y, rounded)) || !IsInDoubt(y)) return false;
  return MarkDoubt(y.at[0], y.at[kParts - 1], doubt + i);
}

template <class F>
HWY_INLINE bool Finish(std::true_type, const RowBlock<F, float>& block, size_t i, const Parts& e,
                       Wide, const RowSums<Grade>& sums, float* out, uint8_t* doubt) {
  using N = Number<Floats>;
  const Parts dy = Widen(LoadOrOnes(Floats(), block.dy(i)));
  const Parts dx = EachPart(e, dy, [&](Wide exp, Wide dyi) HWY_ATTR {
    return Taken<F>(F::template Gradient<Grade>(Unscaled<Grade>(exp), dyi, sums));
  });
  const N rounded = {Narrow(dx)};
  hn::StoreU(WithOneNan(rounded, rounded).v, Floats(), out + i);
  if (doubt == nullptr) return false;
  const Parts error = EachPart(e, dy, [&](Wide exp, Wide dyi) HWY_ATTR {
    return F::template Size<Grade>(Unscaled<Grade>(exp), dyi, sums) * Wide::Of(kRelativeError);
  });
  return HWY_UNLIKELY(IsInDoubt(dx, error)) && MarkDoubt(dx, error, doubt + i);
}

// The gradient of the top, where it is one of its own.
template <class F>
bool GradientOfTop(const RowInput<float>& row, const RowSums<Grade>& sums, void* out,
                   uint8_t* doubt) {
  const double dx = hn::GetLane(F::template TopGradient<Grade>(sums).v);
  const double error = hn::GetLane(F::template TopSize<Grade>(sums).v) * kRelativeError;
  // Hosts differ in the NaN they make.
  const float rounded =
      std::isnan(dx) ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(dx);
  std::memcpy(static_cast<std::byte*>(out) + row.top * sizeof(rounded), &rounded, sizeof(rounded));
  if (doubt == nullptr) return false;
  doubt[row.top] = static_cast<float>(dx - error) < static_cast<float>(dx + error) ? 1 : 0;
  return doubt[row.top] != 0;
}

template <class F, bool kGradient>
bool Row(const RowInput<float>& row, void* out, uint8_t* doubt) {
  const Wide top = Taken<F>(Wide::Of(row.x[row.top]));
  const Wide top_dy = Wide::Of(row.dy == nullptr ? 1.0 : row.dy[row.top]);
  HWY_ALIGN double kept[kKeptRow];
  const bool keeps = row.n <= kKeptRow;
  Sums sums;
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, float> block(row, begin, count);
    block.LeaveOut(row, begin);
    AddBlock<F, kGradient>(block, top, top_dy, keeps ? kept + begin : nullptr, sums);
  });
  if (keeps) kept[row.top] = 1;
  RowSums<Grade> totals =
      SumsOf<Grade>(sums.rest.Total(), sums.terms.Total(), sums.sizes.Total(), top_dy);
  if constexpr (kGradient && !F::kTermsHaveExp) {
    if (TermsAreExact(sums)) totals = WithExactTerms<Grade>(totals);
  }
  if (doubt != nullptr) std::fill(doubt, doubt + row.n, uint8_t{0});
  bool any = false;
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const RowBlock<F, float> block(row, begin, count);
    StagedOutput<float> staged(out, begin, count);
    Buffer<uint8_t> marks;
    std::fill(marks.at, marks.at + block.padded(), uint8_t{0});
    bool any_here = false;
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Floats())) {
      const Parts e = keeps ? LoadParts(kept + begin + i)
                            : RowExps<F>(Widen(hn::LoadU(Floats(), block.x(i))), top);
      any_here |= Finish<F>(std::bool_constant<kGradient>(), block, i, e, top, totals,
                            staged.data(), doubt == nullptr ? nullptr : marks.at);
    }
    staged.Commit();
    if (any_here) std::copy(marks.at, marks.at + count, doubt + begin);
    any |= any_here;
  });
  if constexpr (kGradient && F::kTopIsSpecial) any |= GradientOfTop<F>(row, totals, out, doubt);
  return any;
}

template <class F>
bool EitherWay(Direction direction, const float* x, const float* dy, void* out, uint8_t* doubt,
               size_t n) {
  const RowInput<float> row = {x, dy, n, TopOf<F>(x, n)};
  return direction == Direction::kForward ? Row<F, false>(row, out, doubt)
                                          : Row<F, true>(row, out, doubt);
}

struct Kernels {
  template <class F>
  static RowKernel Of() {
    return EitherWay<F>;
  }
};

}  // namespace

std::vector<RowKernel> MakeRowKernels() { return TableOf<Kernels>(RowWiseFunctions()); }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeRowKernels);

std::vector<RowKernel> ChosenRowKernels() { return HWY_DYNAMIC_DISPATCH(MakeRowKernels)(); }

}  // namespace activation
#endif  // HWY_ONCE
