// Kernels of row-wise functions for f32, in double with a rounding test. A row is gone over for its
// top, for its sums and for its results; short rows each time together.
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
#include "src/backends/cpu/row_totals-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Grade = Quick<Wide>;

// Rows up to this long keep their exponentials from one pass to the next.
constexpr size_t kKeptRow = 4096;

// Elements of short rows that go through each pass together: what one row waits for, others fill.
constexpr size_t kElementsOfPass = 2048;

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

// A row in its kernel.
template <class F>
struct RowInKernel {
  RowInput<float> input;
  double* kept;  // its exponentials, in whole granules; nullptr where it is too long
  BlockSums sums;

  Wide top() const { return Taken<F>(Wide::Of(input.x[input.top])); }
  Wide top_dy() const { return Wide::Of(input.dy == nullptr ? 1.0 : input.dy[input.top]); }
};

template <class F, bool kGradient, bool kExact>
void SumUp(RowInKernel<F>& row) {
  const Wide top = row.top();
  const Wide top_dy = row.top_dy();
  ForEachBlock(0, row.input.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, float> block(row.input, begin, count);
    block.LeaveOut(row.input, begin);
    double* const kept = row.kept == nullptr ? nullptr : row.kept + begin;
    const auto exps = [&](size_t i) HWY_ATTR {
      const Parts e = RowExps<F, kExact>(block.x(i), top);
      if (kept != nullptr) StoreParts(e, kept + i);
      return e;
    };
    AddBlock<F, kGradient>(block, top_dy, exps, row.sums);
  });
  if (row.kept != nullptr) {
    double* const granule = row.kept + row.input.top / kKernelGranule * kKernelGranule;
    CopyButOne(granule, row.input.top % kKernelGranule, 1.0, granule);
  }
}

// Whether numbers between the two round to different floats, as zeros of two signs are; of what is
// no number, not.
bool RoundApart(double a, double b) {
  const auto bits = [](double value) {
    const auto rounded = static_cast<float>(value);
    uint32_t word = 0;
    std::memcpy(&word, &rounded, sizeof(word));
    return word;
  };
  return (a < b || b < a) && bits(a) != bits(b);
}

// Says so of each lane, and returns whether it is so of any.
HWY_NOINLINE bool MarkDoubt(const Parts& a, const Parts& b, uint8_t* doubt) {
  HWY_ALIGN double lanes[2][kKernelGranule];
  StoreParts(a, lanes[0]);
  StoreParts(b, lanes[1]);
  bool any = false;
  for (size_t i = 0; i < hn::Lanes(Floats()); ++i) {
    doubt[i] = RoundApart(lanes[0][i], lanes[1][i]) ? 1 : 0;
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
  if (doubt == nullptr || HWY_LIKELY(!MayBeInDoubt<kErrorUnits>(y, rounded)) ||
      !IsInDoubt<kErrorUnits>(y))
    return false;
  return MarkDoubt<kErrorUnits>(y.at[0], y.at[kParts - 1], doubt + i);
}

template <class F>
HWY_INLINE bool Finish(std::true_type, const RowBlock<F, float>& block, size_t i, const Parts& e,
                       Wide, const RowSums<Grade>& sums, float* out, uint8_t* doubt) {
  const Parts dy = Widen(LoadOrOnes(Floats(), block.dy(i)));
  const Parts dx = EachPart(e, dy, [&](Wide exp, Wide dyi) HWY_ATTR {
    return F::template Gradient<Grade>(Unscaled<Grade>(exp), dyi, sums);
  });
  bool any = false;
  if (doubt != nullptr) {
    const Parts error = EachPart(e, dy, [&](Wide exp, Wide dyi) HWY_ATTR {
      return F::template Size<Grade>(Unscaled<Grade>(exp), dyi, sums) * Wide::Of(kGradientError);
    });
    const auto less = [](Wide y, Wide bound) HWY_ATTR { return Taken<F>(y - bound); };
    const auto more = [](Wide y, Wide bound) HWY_ATTR { return Taken<F>(y + bound); };
    const Parts a = EachPart(dx, error, less);
    const Parts b = EachPart(dx, error, more);
    const hn::Vec<Floats> rounded = Narrow(a);
    const hn::RebindToUnsigned<Floats> bits;
    if (HWY_LIKELY(
            hn::AllTrue(bits, hn::Eq(hn::BitCast(bits, rounded), hn::BitCast(bits, Narrow(b)))))) {
      // To which then all between them round.
      hn::StoreU(rounded, Floats(), out + i);
      return false;
    }
    any = MarkDoubt(a, b, doubt + i);
  }
  using N = Number<Floats>;
  const N rounded = {Narrow(EachPart(dx, dx, [](Wide y, Wide) HWY_ATTR { return Taken<F>(y); }))};
  hn::StoreU(WithOneNan(rounded, rounded).v, Floats(), out + i);
  return any;
}

// The gradient of the top, where it is one of its own.
template <class F>
bool FinishTop(const RowInput<float>& row, const RowSums<Grade>& sums, void* out, uint8_t* doubt) {
  const double dx = hn::GetLane(F::template TopGradient<Grade>(sums).v);
  // Hosts differ in the NaN they make.
  const float rounded =
      std::isnan(dx) ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(dx);
  std::memcpy(static_cast<std::byte*>(out) + row.top * sizeof(rounded), &rounded, sizeof(rounded));
  if (doubt == nullptr) return false;
  const double error = hn::GetLane(F::template TopSize<Grade>(sums).v) * kGradientError;
  doubt[row.top] = RoundApart(dx - error, dx + error) ? 1 : 0;
  return doubt[row.top] != 0;
}

template <class F, bool kGradient>
bool FinishRow(const RowInKernel<F>& row, void* out, uint8_t* doubt) {
  const RowInput<float>& input = row.input;
  const Wide top = row.top();
  const RowSums<Grade> totals = TotalsOf<F, kGradient>(row.sums, row.top_dy());
  bool any = false;
  ForEachBlock(0, input.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const RowBlock<F, float> block(input, begin, count);
    StagedOutput<float> staged(out, begin, count);
    Buffer<uint8_t> marks;
    std::fill(marks.at, marks.at + block.padded(), uint8_t{0});
    bool any_here = false;
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Floats())) {
      const Parts e = row.kept != nullptr ? LoadParts(row.kept + begin + i)
                                          : RowExps<F, false>(block.x(i), top);
      any_here |= Finish<F>(std::bool_constant<kGradient>(), block, i, e, top, totals,
                            staged.data(), doubt == nullptr ? nullptr : marks.at);
    }
    staged.Commit();
    if (any_here) std::copy(marks.at, marks.at + count, doubt + begin);
    any |= any_here;
  });
  if constexpr (kGradient && F::kTopIsSpecial) any |= FinishTop<F>(input, totals, out, doubt);
  return any;
}

template <class F, bool kGradient>
bool Rows(const float* x, const float* dy, void* out, uint8_t* doubt, size_t n, size_t count) {
  HWY_ALIGN double kept[kKeptRow];
  RowInKernel<F> rows[kRowsTogether];
  const size_t padded = RoundUp(n);
  const size_t together = std::clamp<size_t>(kElementsOfPass / padded, 1, kRowsTogether);
  if (doubt != nullptr) std::fill(doubt, doubt + count * n, uint8_t{0});
  bool any = false;
  ForEachBlock(0, count, together, [&](size_t first, size_t rows_here) HWY_ATTR {
    for (size_t r = 0; r < rows_here; ++r) {
      const size_t begin = (first + r) * n;
      const bool has_dy = kGradient && dy != nullptr;
      const RowInput<float> input = {x + begin, has_dy ? dy + begin : nullptr, n,
                                     TopOf<F>(x + begin, n)};
      rows[r] = {input, padded <= kKeptRow ? kept + r * padded : nullptr, {}};
    }
    for (size_t r = 0; r < rows_here; ++r) {
      if (DifferencesAreExact(rows[r].input.x, n)) {
        SumUp<F, kGradient, true>(rows[r]);
      } else {
        SumUp<F, kGradient, false>(rows[r]);
      }
    }
    for (size_t r = 0; r < rows_here; ++r) {
      const size_t begin = (first + r) * n;
      auto* const row_out = static_cast<std::byte*>(out) + begin * sizeof(float);
      uint8_t* const row_doubt = doubt == nullptr ? nullptr : doubt + begin;
      any |= FinishRow<F, kGradient>(rows[r], row_out, row_doubt);
    }
  });
  return any;
}

template <class F>
bool EitherWay(Direction direction, const float* x, const float* dy, void* out, uint8_t* doubt,
               size_t n, size_t count) {
  return direction == Direction::kForward ? Rows<F, false>(x, dy, out, doubt, n, count)
                                          : Rows<F, true>(x, dy, out, doubt, n, count);
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
