// Kernels of row-wise functions for f32, in double with a rounding test. A row is
// gone over twice: for its sums and for its results. What is added has a place by
// its position, so that every target adds in the same order.
#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/row_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/rounding_test-inl.h"
#include "src/backends/cpu/row_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Grade = Quick<Wide>;

// Vectors of floats in a granule.
constexpr size_t kGroups = kKernelGranule / hn::MaxLanes(Floats());

// Bound on the error of a result, relative to the size of what it adds up.
constexpr double kRelativeError = static_cast<double>(kErrorUnits) * 0x1p-52;

// A sum in which an element's place is its position modulo the granule.
class PlacedSum {
 public:
  HWY_INLINE void Add(const Parts& terms, size_t group) {
    for (size_t part = 0; part < kParts; ++part) {
      Wide& place = places_[group * kParts + part];
      place = place + terms.at[part];
    }
  }

  double Total() const {
    HWY_ALIGN double lanes[kKernelGranule];
    for (size_t i = 0; i < kGroups * kParts; ++i) {
      hn::Store(places_[i].v, Doubles(), lanes + i * hn::Lanes(Doubles()));
    }
    double total = 0;
    for (const double lane : lanes) total += lane;
    return total;
  }

 private:
  Wide places_[kGroups * kParts] = {};
};

// A sum of blocks' sums that loses nothing however many there are.
struct BlockSum {
  double high = 0;
  double low = 0;

  void Add(double term) {
    const double sum = high + term;
    const double part = sum - high;
    low += (high - (sum - part)) + (term - part);
    high = sum;
  }
  Wide Total() const { return Wide::Of(std::isfinite(high) ? high + low : high); }
};

struct Sums {
  BlockSum rest;
  BlockSum terms;
  BlockSum sizes;
};

template <class F, bool kGradient>
void AddBlock(const RowBlock<F, float>& block, Wide top, Wide top_dy, Sums& sums) {
  PlacedSum rest;
  PlacedSum terms;
  PlacedSum sizes;
  for (size_t i = 0; i < block.padded(); i += kKernelGranule) {
    for (size_t group = 0; group < kGroups; ++group) {
      const size_t at = i + group * hn::Lanes(Floats());
      const Parts x = Widen(hn::LoadU(Floats(), block.x() + at));
      const Parts e = EachPart(x, x, [top](Wide part, Wide) HWY_ATTR {
        return RowExp<Grade>(Taken<F>(part) - top).mantissa;
      });
      rest.Add(e, group);
      if constexpr (kGradient) {
        const Parts dy = Widen(LoadOrOnes(Floats(), block.dy(), at));
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
  for (size_t part = 0; part < kParts; ++part) {
    hn::Store(y.at[part].v, Doubles(), lanes[0] + part * hn::Lanes(Doubles()));
    hn::Store(error.at[part].v, Doubles(), lanes[1] + part * hn::Lanes(Doubles()));
  }
  bool any = false;
  for (size_t i = 0; i < hn::Lanes(Floats()); ++i) {
    const auto low = static_cast<float>(lanes[0][i] - lanes[1][i]);
    const auto high = static_cast<float>(lanes[0][i] + lanes[1][i]);
    doubt[i] = low < high ? 1 : 0;
    any |= doubt[i] != 0;
  }
  return any;
}

template <class F>
bool ForwardOfBlock(const RowBlock<F, float>& block, Wide top, const RowSums<Grade>& sums,
                    float* out, uint8_t* doubt) {
  bool any = false;
  for (size_t i = 0; i < block.padded(); i += hn::Lanes(Floats())) {
    const Parts x = Widen(hn::LoadU(Floats(), block.x() + i));
    const Parts y = EachPart(x, x, [&](Wide part, Wide) HWY_ATTR {
      return F::template Forward<Grade>(Taken<F>(part) - top, sums);
    });
    const hn::Vec<Floats> rounded = Narrow(y);
    hn::StoreU(rounded, Floats(), out + i);
    if (doubt == nullptr) continue;
    if (HWY_UNLIKELY(MayBeInDoubt(y, rounded)) && IsInDoubt(y)) {
      if (!any) std::fill(doubt, doubt + block.padded(), uint8_t{0});
      any |= MarkDoubt(y.at[0], y.at[kParts - 1], doubt + i);
    }
  }
  return any;
}

template <class F>
bool GradientOfBlock(const RowBlock<F, float>& block, Wide top, const RowSums<Grade>& sums,
                     float* out, uint8_t* doubt) {
  using N = Number<Floats>;
  bool any = false;
  for (size_t i = 0; i < block.padded(); i += hn::Lanes(Floats())) {
    const Parts x = Widen(hn::LoadU(Floats(), block.x() + i));
    const Parts dy = Widen(LoadOrOnes(Floats(), block.dy(), i));
    const Parts dx = EachPart(x, dy, [&](Wide part, Wide dyi) HWY_ATTR {
      return Taken<F>(F::template Gradient<Grade>(Taken<F>(part) - top, dyi, sums));
    });
    const N rounded = {Narrow(dx)};
    hn::StoreU(WithOneNan(rounded, rounded).v, Floats(), out + i);
    if (doubt == nullptr) continue;
    const Parts error = EachPart(x, dy, [&](Wide part, Wide dyi) HWY_ATTR {
      return F::template Size<Grade>(Taken<F>(part) - top, dyi, sums) * Wide::Of(kRelativeError);
    });
    if (HWY_UNLIKELY(IsInDoubt(dx, error))) {
      if (!any) std::fill(doubt, doubt + block.padded(), uint8_t{0});
      any |= MarkDoubt(dx, error, doubt + i);
    }
  }
  return any;
}

// The gradient of the top, where it is one of its own.
template <class F>
bool GradientOfTop(const RowInput<float>& row, const RowSums<Grade>& sums, bool any, float* out,
                   uint8_t* doubt) {
  const double dx = hn::GetLane(F::template TopGradient<Grade>(sums).v);
  const double error = hn::GetLane(F::template TopSize<Grade>(sums).v) * kRelativeError;
  out[row.top] = static_cast<float>(dx);
  if (doubt == nullptr) return false;
  const bool in_doubt = static_cast<float>(dx - error) < static_cast<float>(dx + error);
  if (in_doubt && !any) std::fill(doubt, doubt + row.n, uint8_t{0});
  if (in_doubt || any) doubt[row.top] = in_doubt ? 1 : 0;
  return any || in_doubt;
}

template <class F, bool kGradient>
bool Row(const RowInput<float>& row, float* out, uint8_t* doubt) {
  const Wide top = Taken<F>(Wide::Of(row.x[row.top]));
  const Wide top_dy = Wide::Of(row.dy == nullptr ? 1.0 : row.dy[row.top]);
  Sums sums;
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, float> block(row, begin, count);
    block.LeaveOut(row, begin);
    AddBlock<F, kGradient>(block, top, top_dy, sums);
  });
  const RowSums<Grade> totals =
      SumsOf<Grade>(sums.rest.Total(), sums.terms.Total(), sums.sizes.Total(), top_dy);
  bool any = false;
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const RowBlock<F, float> block(row, begin, count);
    StagedOutput<float> staged(out, begin, count);
    Buffer<uint8_t> marks;
    uint8_t* const block_doubt = doubt == nullptr ? nullptr : marks.at;
    const bool any_here = kGradient
                              ? GradientOfBlock<F>(block, top, totals, staged.data(), block_doubt)
                              : ForwardOfBlock<F>(block, top, totals, staged.data(), block_doubt);
    staged.Commit();
    if (!any_here) return;
    if (!any) std::fill(doubt, doubt + row.n, uint8_t{0});
    std::copy(marks.at, marks.at + count, doubt + begin);
    any = true;
  });
  if constexpr (kGradient && F::kTopIsSpecial) {
    any = GradientOfTop<F>(row, totals, any, out, doubt);
  }
  return any;
}

template <class F>
bool EitherWay(Direction direction, const float* x, const float* dy, float* out, uint8_t* doubt,
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
