// Kernels of row-wise functions in two words, for f64 and for f32 in doubt. Sums are
// exact.
#include <algorithm>

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

// Sums of a row; those of sizes are no more exact than a bound need be.
template <class F>
RowSums<Grade> SumRow(const RowInput<double>& row, N top, N top_dy, bool gradient) {
  ExactSum rest;
  ExactSum terms;
  N sizes = N::Of(0);
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, double> block(row, begin, count);
    block.LeaveOut(row, begin);
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Lanes())) {
      const Scaled<Grade> e =
          RowExp<Grade>(Below(Taken<F>(N{hn::LoadU(Lanes(), block.x() + i)}), top));
      Add(Term(e), rest);
      if (!gradient) continue;
      const N dy = {LoadOrOnes(Lanes(), block.dy(), i)};
      const Pair<N> term = F::template Term<Grade>(e, dy, top_dy);
      Add(term, terms);
      sizes = sizes + Abs(term.high);
    }
  });
  const N size = {hn::SumOfLanes(Lanes(), sizes.v)};
  return SumsOf<Grade>(Total(rest), Total(terms), size, top_dy);
}

void Store(Pair<N> y, N size, const RowPairs& out, size_t i, size_t count) {
  HWY_ALIGN double lanes[3][hn::MaxLanes(Lanes())];
  hn::Store(y.high.v, Lanes(), lanes[0]);
  hn::Store(y.low.v, Lanes(), lanes[1]);
  hn::Store(size.v, Lanes(), lanes[2]);
  std::copy(lanes[0], lanes[0] + count, out.high + i);
  std::copy(lanes[1], lanes[1] + count, out.low + i);
  std::copy(lanes[2], lanes[2] + count, out.size + i);
}

template <class F>
void Row(Direction direction, const double* x, const double* dy, const RowPairs& out, size_t n) {
  const bool gradient = direction == Direction::kGradient;
  const RowInput<double> row = {x, dy, n, TopOf<F>(x, n)};
  const N top = Taken<F>(N::Of(x[row.top]));
  const RowSums<Grade> sums =
      SumRow<F>(row, top, N::Of(dy == nullptr ? 1.0 : dy[row.top]), gradient);
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const RowBlock<F, double> block(row, begin, count);
    for (size_t i = 0; i < count; i += hn::Lanes(Lanes())) {
      const Pair<N> t = Below(Taken<F>(N{hn::LoadU(Lanes(), block.x() + i)}), top);
      const Scaled<Grade> e = RowExp<Grade>(t);
      const N dyi = {LoadOrOnes(Lanes(), block.dy(), i)};
      const Pair<N> y = gradient ? Taken<F>(F::template Gradient<Grade>(e, dyi, sums))
                                 : F::template Forward<Grade>(t, e, sums);
      const N size = gradient ? F::template Size<Grade>(e, dyi, sums) : Abs(y.high);
      Store(y, size, out, begin + i, std::min(hn::Lanes(Lanes()), count - i));
    }
  });
  if (gradient && F::kTopIsSpecial) {
    Store(F::template TopGradient<Grade>(sums), F::template TopSize<Grade>(sums), out, row.top, 1);
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
