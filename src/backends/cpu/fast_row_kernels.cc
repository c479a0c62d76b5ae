// The FAST tier's kernels of row-wise functions, forward: in float, but for the sum.
#include <algorithm>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/fast_row_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/row_block-inl.h"
#include "src/backends/cpu/row_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using N = Number<Floats>;
using Grade = Fast<N>;

// Rows up to this long keep their exponentials from one pass to the next.
constexpr size_t kKeptRow = 8192;

// Below this, what is more than one in a sum is not known well enough.
constexpr double kLeastExcess = 0x1p-16;
// Below this, too much of a sum may be lost beneath the normal numbers.
constexpr double kLeastRest = 0x1p-100;

// Elements that are gone over at a time: as many vectors as do not wait for each other.
constexpr size_t kSpan = 64;
constexpr size_t kGroups = kSpan / hn::MaxLanes(Floats());

// A stretch of a row by whole vectors, of -x for functions of that: the last is filled up
// with what is far below every top.
template <class F>
class RowVectors {
 public:
  HWY_INLINE RowVectors(const float* x, size_t count)
      : x_(x), whole_(count / kKernelGranule * kKernelGranule), padded_(RoundUp(count)) {
    if (whole_ == count) return;
    constexpr float kInfinite = std::numeric_limits<float>::infinity();
    std::fill(last_, last_ + kKernelGranule, F::kOfMinusX ? kInfinite : -kInfinite);
    std::copy(x + whole_, x + count, last_);
  }

  // Calls visit(vector, index of its first element, group in the span). Unrolled, so that
  // what belongs to a group stays in registers.
  template <class Visit>
  HWY_INLINE void ForEach(Visit visit) const {
    for (size_t begin = 0; begin < padded_; begin += kSpan) {
      for (size_t group = 0; group < kGroups; ++group) {
        const size_t i = begin + group * hn::Lanes(Floats());
        if (i >= padded_) break;
        const float* from = HWY_LIKELY(i < whole_) ? x_ + i : last_ + (i - whole_);
        visit(Taken<F>(N{hn::LoadU(Floats(), from)}), i, group);
      }
    }
  }

 private:
  const float* x_;
  size_t whole_;
  size_t padded_;
  HWY_ALIGN float last_[kKernelGranule];
};

// The greatest element, not a number where any is none.
template <class F>
HWY_INLINE float Top(const float* x, size_t n) {
  N tops[kGroups];
  for (N& top : tops) top = N::Of(-std::numeric_limits<double>::infinity());
  auto numbers = (tops[0] == tops[0]).m;
  RowVectors<F>(x, n).ForEach([&](N xi, size_t, size_t group) HWY_ATTR {
    tops[group] = Max(tops[group], xi);
    numbers = hn::And(numbers, (xi == xi).m);
  });
  if (!hn::AllTrue(Floats(), numbers)) return std::numeric_limits<float>::quiet_NaN();
  for (size_t group = 1; group < kGroups; ++group) tops[0] = Max(tops[0], tops[group]);
  return hn::GetLane(hn::MaxOfLanes(Floats(), tops[0].v));
}

// How exponentials of a row are taken, by its top.
struct Scaling {
  N least;  // e^x of what is less is nothing beside that of the top
  N shift;
};

HWY_INLINE Scaling ScalingOf(float top) { return {N::Of(top - 110), RowShift(N::Of(top))}; }

HWY_INLINE N ExpOf(N x, const Scaling& scaling) {
  return ShiftedExp(x, scaling.least, scaling.shift);
}

// The exponentials of a block, in whole granules, and their sum.
template <class F>
HWY_INLINE double Exponentials(const float* x, size_t count, const Scaling& scaling, float* e) {
  PlacedSum<kSpan> sum;
  RowVectors<F>(x, count).ForEach([&](N xi, size_t i, size_t group) HWY_ATTR {
    const N exp = ExpOf(xi, scaling);
    hn::StoreU(exp.v, Floats(), e + i);
    sum.Add(Widen(exp.v), group);
  });
  return sum.Total();
}

// The sum of kept exponentials without that of the top.
double RestOf(float* e, size_t n, float top_exp) {
  float* const top = std::find(e, e + n, top_exp);
  *top = 0;
  BlockSum rest;
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) {
    double sum = 0;
    for (size_t i = begin; i < begin + count; ++i) sum += static_cast<double>(e[i]);
    rest.Add(sum);
  });
  *top = top_exp;
  return rest.high + rest.low;
}

// With a reciprocal of what exponentials add up to as they are taken.
template <class F>
HWY_INLINE RowSums<Grade> SumsOfTotal(double total, double rest) {
  RowSums<Grade> sums;
  sums.rest = sums.log_total = sums.terms = sums.sizes = sums.top_dy = N::Of(0);
  sums.reciprocal = PairOf<N>({1 / total, 0});
  if (F::kForwardIsLog) {
    sums.log_total = N::Of(hn::GetLane(LogTotal<Quick<Wide>>(Wide::Of(rest)).v));
  }
  return sums;
}

template <class F>
bool Row(const float* x, void* out, size_t n) {
  const float top = Top<F>(x, n);
  if (!(std::abs(top) <= kGreatestTopInFloats)) return false;
  const Scaling scaling = ScalingOf(top);
  HWY_ALIGN float kept[kKeptRow];
  const bool keeps = n <= kKeptRow;
  BlockSum sum;
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    sum.Add(Exponentials<F>(x + begin, count, scaling, keeps ? kept + begin : kept));
  });
  const float top_exp = hn::GetLane(ExpOf(N::Of(top), scaling).v);
  double rest = ((sum.high - static_cast<double>(top_exp)) + sum.low) / top_exp;
  if (F::kForwardIsLog && n > 1 && rest < kLeastExcess) {
    // The logarithm of nearly one.
    rest = keeps ? RestOf(kept, n, top_exp) / top_exp : 0;
    if (rest < kLeastRest) return false;
  }
  const RowSums<Grade> sums = SumsOfTotal<F>(sum.high + sum.low, rest);
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    StagedOutput<float> staged(out, begin, count);
    float* const y = staged.data();
    RowVectors<F>(x + begin, count).ForEach([&](N xi, size_t i, size_t) HWY_ATTR {
      const N e = keeps ? N{hn::LoadU(Floats(), kept + begin + i)} : ExpOf(xi, scaling);
      const Pair<N> t = TwoSum(xi, N::Of(-top));
      hn::StoreU(F::template Forward<Grade>(t, Unscaled<Grade>(e), sums).v, Floats(), y + i);
    });
    staged.Commit();
  });
  return true;
}

struct Kernels {
  template <class F>
  static FastRowKernel Of() {
    return Row<F>;
  }
};

}  // namespace

std::vector<FastRowKernel> MakeFastRowKernels() { return TableOf<Kernels>(RowWiseFunctions()); }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeFastRowKernels);

std::vector<FastRowKernel> ChosenFastRowKernels() {
  return HWY_DYNAMIC_DISPATCH(MakeFastRowKernels)();
}

}  // namespace activation
#endif  // HWY_ONCE
