// Each lane adds up in two words: what the first loses goes to the second, and what that
// loses is seen, which is rare.
#include "src/backends/cpu/statistics_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/statistics_kernel.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "hwy/highway.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/tensor_statistics.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, kMaxSumLanes>;
using Vector = hn::Vec<Doubles>;

struct VectorSum {
  Vector high;
  Vector low;
  Vector lost;  // not all zero once a term was not kept whole
};

// Adds `term` to `sum` and returns what that lost, exactly.
// Source: Knuth, The Art of Computer Programming, volume 2, 4.2.2, theorem B.
HWY_INLINE Vector AddTwo(Vector term, Vector& sum) {
  const Vector whole = hn::Add(sum, term);
  const Vector part = hn::Sub(whole, sum);
  const Vector lost = hn::Add(hn::Sub(sum, hn::Sub(whole, part)), hn::Sub(term, part));
  sum = whole;
  return lost;
}

HWY_INLINE void Accumulate(Vector term, VectorSum& sum) {
  sum.lost = hn::Or(sum.lost, AddTwo(AddTwo(term, sum.high), sum.low));
}

HWY_INLINE void Store(const VectorSum& from, LaneSum* to) {
  const Doubles d;
  to->high.fill(0);
  to->low.fill(0);
  hn::Store(from.high, d, to->high.data());
  hn::Store(from.low, d, to->low.data());
  // NaN, which an overflow leaves, is not equal to zero either.
  to->exact = hn::AllTrue(d, hn::Eq(from.lost, hn::Zero(d)));
}

void SumBlock(const double* y, const double* slope, size_t n, BlockStatistics* block) {
  const Doubles d;
  const Vector zero = hn::Zero(d);
  const Vector bound = hn::Set(d, kSaturatedBelow);
  VectorSum y_sum = {zero, zero, zero};
  VectorSum y_squared = y_sum;
  VectorSum slope_squared = y_sum;
  size_t finite_count = 0;
  for (size_t i = 0; i < n; i += hn::Lanes(d)) {
    const Vector y_in = hn::Load(d, y + i);
    const Vector slope_in = hn::Load(d, slope + i);
    // x - x is zero unless x is infinite or NaN.
    const auto finite =
        hn::And(hn::Eq(hn::Sub(y_in, y_in), zero), hn::Eq(hn::Sub(slope_in, slope_in), zero));
    const Vector yi = hn::IfThenElseZero(finite, y_in);
    const Vector si = hn::IfThenElseZero(finite, slope_in);
    finite_count += hn::CountTrue(d, finite);
    block->zeros += hn::CountTrue(d, hn::And(finite, hn::Eq(yi, zero)));
    block->dead += hn::CountTrue(d, hn::And(finite, hn::Eq(si, zero)));
    block->saturated += hn::CountTrue(d, hn::And(finite, hn::Lt(hn::Abs(si), bound)));
    Accumulate(yi, y_sum);
    Accumulate(hn::Mul(yi, yi), y_squared);
    Accumulate(hn::Mul(si, si), slope_squared);
  }
  block->non_finite += n - finite_count;
  Store(y_sum, &block->y);
  Store(y_squared, &block->y_squared);
  Store(slope_squared, &block->slope_squared);
}

}  // namespace

StatisticsKernel SumBlockOfTarget() { return SumBlock; }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(SumBlockOfTarget);

StatisticsKernel ChosenStatisticsKernel() { return HWY_DYNAMIC_DISPATCH(SumBlockOfTarget)(); }

}  // namespace activation
#endif  // HWY_ONCE
