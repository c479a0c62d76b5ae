// Kernels of row-wise functions for f64, in two words. Sums are exact.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/row_double_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/row_block-inl.h"
#include "src/base/exact_sum.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Lanes = hn::CappedTag<double, kKernelGranule>;
using N = Number<Lanes>;
using Grade = Careful<N>;

void Add(Pair<N> terms, ExactSum& sum) {
  HWY_ALIGN double lanes[2][hn::MaxLanes(Lanes())];
  hn::Store(terms.high.v, Lanes(), lanes[0]);
  hn::Store(terms.low.v, Lanes(), lanes[1]);
  for (size_t i = 0; i < hn::Lanes(Lanes()); ++i) {
    sum.Add(lanes[0][i]);
    sum.Add(lanes[1][i]);
  }
}

Pair<N> Total(ExactSum& sum) {
  const ExactSum::Words words = sum.Total();
  return {N::Of(words.high), N::Of(words.low)};
}

template <class F>
RowSums<Grade> SumRow(const RowInput<double>& row, N top, N top_dy, bool gradient) {
  ExactSum rest;
  ExactSum terms;
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, double> block(row, begin, count);
    block.LeaveOut(row, begin);
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Lanes())) {
      const Scaled<Grade> e =
          RowExp<Grade>(Below<Pair<N>>(Taken<F>(N{hn::LoadU(Lanes(), block.x() + i)}), top));
      Add(Term(e), rest);
      if (!gradient) continue;
      const N dy = {LoadOrOnes(Lanes(), block.dy(), i)};
      Add(F::template Term<Grade>(e, dy, top_dy), terms);
    }
  });
  return SumsOf<Grade>(Total(rest), Total(terms), N::Of(0), top_dy);
}

template <class F>
void Row(Direction direction, const double* x, const double* dy, double* out, size_t n) {
  const bool gradient = direction == Direction::kGradient;
  const RowInput<double> row = {x, dy, n, TopOf<F>(x, n)};
  const N top = Taken<F>(N::Of(x[row.top]));
  const RowSums<Grade> sums =
      SumRow<F>(row, top, N::Of(dy == nullptr ? 1.0 : dy[row.top]), gradient);
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const RowBlock<F, double> block(row, begin, count);
    StagedOutput<double> staged(out, begin, count);
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Lanes())) {
      const Pair<N> t = Below<Pair<N>>(Taken<F>(N{hn::LoadU(Lanes(), block.x() + i)}), top);
      N y;
      if (gradient) {
        const N dyi = {LoadOrOnes(Lanes(), block.dy(), i)};
        y = Taken<F>(Rounded(F::template Gradient<Grade>(t, dyi, sums)));
      } else {
        y = Rounded(F::template Forward<Grade>(t, sums));
      }
      hn::StoreU(WithOneNan(y, y).v, Lanes(), staged.data() + i);
    }
    staged.Commit();
  });
  if (gradient && F::kTopIsSpecial) {
    out[row.top] = hn::GetLane(Rounded(F::template TopGradient<Grade>(sums)).v);
  }
}

struct Kernels {
  template <class F>
  static RowKernelInDouble Of() {
    return Row<F>;
  }
};

}  // namespace

std::vector<RowKernelInDouble> MakeRowKernelsInDouble() {
  return TableOf<Kernels>(RowWiseFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeRowKernelsInDouble);

std::vector<RowKernelInDouble> ChosenRowKernelsInDouble() {
  return HWY_DYNAMIC_DISPATCH(MakeRowKernelsInDouble)();
}

}  // namespace activation
#endif  // HWY_ONCE
