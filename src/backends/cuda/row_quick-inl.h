// A row's results of f32, f16 or bf16 in double, by its top and its sums (cpu/row_kernels.cc).
// Include in .cu files after definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_ROW_QUICK_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_ROW_QUICK_INL_H_

#include "src/backends/cpu/compensated_sum.h"
#include "src/backends/cuda/row_block-inl.h"
#include "src/functions/error_bound.h"

namespace activation::cuda {

using N = Number<double>;
using InQuick = Quick<N>;

// Bounds on the error of results relative to them, and of gradients relative to the size of what
// they add up, which is the CPU's (cpu/row_totals-inl.h) and some to spare.
inline constexpr double kForwardError = kErrorUnits * 0x1p-52;
inline constexpr double kGradientError = 0x1p-45;

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

// A result and the bound of its error.
struct Judged {
  double y;
  double error;
};

template <class R>
ACT_FN Pair<N> BelowTop(const R& row, uint64_t i, const Top& top) {
  return Below(N{row.Taken(i)}, N{top.value});
}

template <class F, Direction kDirection, class R>
ACT_FN Judged Judge(const R& row, uint64_t i, const Top& top, const RowSums<InQuick>& sums) {
  const Pair<N> t = BelowTop(row, i, top);
  const Scaled<InQuick> e = RowExp<InQuick>(t);
  if constexpr (kDirection == Direction::kForward) {
    const double y = F::template Forward<InQuick>(t, e, sums).v;
    return {y, fabs(y) * kForwardError};
  } else {
    const bool special = F::kTopIsSpecial && i == top.index;
    const N dx = special ? F::template TopGradient<InQuick>(sums)
                         : F::template Gradient<InQuick>(e, N{row.Dy(i)}, sums);
    const N size = special ? F::template TopSize<InQuick>(sums)
                           : F::template Size<InQuick>(e, N{row.Dy(i)}, sums);
    return {F::kOfMinusX ? -dx.v : dx.v, size.v * kGradientError};
  }
}

// An element by way of a float.
template <DType kType>
ACT_FN TypeOf<kType> RoundTwice(double y) {
  if (y != y) return Storage<kType>::kNan;
  return Storage<kType>::Round(static_cast<float>(y));
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_ROW_QUICK_INL_H_
