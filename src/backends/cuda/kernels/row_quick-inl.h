// A row's results of f32, f16 or bf16 in double, by its top and its sums (cpu/row_kernels.cc).
// Include in .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_QUICK_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_QUICK_INL_H_

#include "src/backends/compensated_sum.h"
#include "src/backends/cuda/kernels/narrowing-inl.h"
#include "src/backends/cuda/kernels/row_block-inl.h"
#include "src/functions/row_error_bound.h"

namespace activation::cuda {

using N = Number<double>;
using InQuick = Quick<N>;

// A sum to about twice a double's bits.
struct WideSum {
  double high;
  double low;

  ACT_FN void Add(double term) { CompensatedSum::Accumulate(term, high, low); }
  ACT_FN void Add(const WideSum& other) {
    Add(other.high);
    low += other.low;
  }
  ACT_FN N Total() const {
    const bool finite = fabs(high) < std::numeric_limits<double>::infinity();
    return {finite ? high + low : high};
  }
};

// A result and, of gradients, the size of what it adds up.
struct SizedResult {
  double y;
  double size;
};

template <class R>
ACT_FN Pair<N> BelowTop(const R& row, uint64_t i, const Top& top) {
  return Below(N{row.Taken(i)}, N{top.value});
}

// The size of what GradientOfElement() adds up.
template <class F>
ACT_FN double SizeOfElement(bool is_top, Scaled<InQuick> e, N dy, const RowSums<InQuick>& sums) {
  if constexpr (F::kTopIsSpecial) {
    if (is_top) return F::template TopSize<InQuick>(sums).v;
  }
  return F::template Size<InQuick>(e, dy, sums).v;
}

// By an element less the top, its exponential, and dy.
template <class F, Direction kDirection>
ACT_FN SizedResult ResultOf(Pair<N> t, double exp, double dy, bool is_top,
                            const RowSums<InQuick>& sums) {
  const auto e = Unscaled<InQuick>(N{exp});
  if constexpr (kDirection == Direction::kForward) {
    return {F::template Forward<InQuick>(t, e, sums).v, 0};
  } else {
    const N dx = GradientOfElement<F, InQuick>(is_top, e, N{dy}, sums);
    return {F::kOfMinusX ? -dx.v : dx.v, SizeOfElement<F>(is_top, e, N{dy}, sums)};
  }
}

template <class F, Direction kDirection, class R>
ACT_FN SizedResult Judge(const R& row, uint64_t i, const Top& top, const RowSums<InQuick>& sums) {
  const Pair<N> t = BelowTop(row, i, top);
  const double exp = RowExp<InQuick>(t).mantissa.v;
  const double dy = kDirection == Direction::kGradient ? row.Dy(i) : 0;
  return ResultOf<F, kDirection>(t, exp, dy, i == top.index, sums);
}

// A result as an element, of which NaN is the one quiet NaN.
template <DType kType>
ACT_FN TypeOf<kType> ElementOf(double y) {
  return y != y ? Storage<kType>::kNan : Storage<kType>::Round(y);
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_QUICK_INL_H_
