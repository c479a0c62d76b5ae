// How the kernels of row-wise functions read a row: its top, and blocks of whole
// granules. Included once a target.
#if defined(ACT_ROW_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_ROW_BLOCK_INL_H_
#undef ACT_ROW_BLOCK_INL_H_
#else
#define ACT_ROW_BLOCK_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "src/backends/cpu/staging.h"
#include "src/functions/ops_simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

// x, or -x for functions of that.
template <class F, class N>
HWY_INLINE N Taken(N x) {
  return F::kOfMinusX ? -x : x;
}

// The index of the first element that is greatest, of -x for functions of that. At
// least one element, none NaN. No branch hangs on where that is, but for what is left of vectors.
// An owner of shared memory may change what is read twice: then it is that of any element.
template <class F, class T>
size_t TopOf(const T* x, size_t n) {
  const hn::CappedTag<T, kKernelGranule> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  using N = Number<decltype(d)>;
  const size_t whole = n - n % hn::Lanes(d);
  // Of each lane: the greatest, and the number of the vector that first has it.
  N greatest = N::Of(-std::numeric_limits<double>::infinity());
  auto first = hn::Zero(du);
  auto vector = hn::Zero(du);
  for (size_t i = 0; i < whole; i += hn::Lanes(d)) {
    const N xi = Taken<F>(N{hn::LoadU(d, x + i)});
    first = hn::IfThenElse(hn::RebindMask(du, (greatest < xi).m), vector, first);
    greatest = Max(greatest, xi);
    vector = hn::Add(vector, hn::Set(du, 1));
  }
  N top = {hn::MaxOfLanes(d, greatest.v)};
  size_t at = 0;
  if (whole > 0) {
    const auto has_top = hn::RebindMask(du, (greatest == top).m);
    const auto firsts =
        hn::IfThenElse(has_top, first, hn::Set(du, hwy::LimitsMax<hn::TFromD<decltype(du)>>()));
    const size_t of_top = hn::GetLane(hn::MinOfLanes(du, firsts));
    at = std::min(of_top, whole / hn::Lanes(d) - 1) * hn::Lanes(d);
    const intptr_t in_vector = hn::FindFirstTrue(d, (Taken<F>(N{hn::LoadU(d, x + at)}) == top).m);
    at += static_cast<size_t>(std::max<intptr_t>(in_vector, 0));
  }
  for (size_t i = whole; i < n; ++i) {
    if (Taken<F>(x[at]) < Taken<F>(x[i])) at = i;
  }
  return at;
}

// A granule of which all elements but that at index i are those of `from`, in whole vectors: what
// is loaded right afterwards would wait for a lone element to have arrived in the cache.
template <class T>
HWY_INLINE void CopyButOne(const T* from, size_t i, T one, T* to) {
  const hn::CappedTag<T, kKernelGranule> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  using U = hn::TFromD<decltype(du)>;
  for (size_t at = 0; at < kKernelGranule; at += hn::Lanes(d)) {
    const auto is_one = hn::Eq(hn::Iota(du, static_cast<U>(at)), hn::Set(du, static_cast<U>(i)));
    const auto all = hn::LoadU(d, from + at);
    hn::StoreU(hn::IfThenElse(hn::RebindMask(d, is_one), hn::Set(d, one), all), d, to + at);
  }
}

// A row, in one of the two types rows are computed from.
template <class T>
struct RowInput {
  const T* x;
  const T* dy;  // nullptr: ones
  size_t n;
  size_t top;
};

// A block of a row in whole granules: where it is if it can be taken as it stands,
// else a copy, filled up with elements so far below the top that they are nothing.
template <class F, class T>
class RowBlock {
 public:
  RowBlock(const RowInput<T>& row, size_t begin, size_t count)
      : x_(row.x + begin),
        dy_(row.dy == nullptr ? nullptr : row.dy + begin),
        count_(count),
        padded_(RoundUp(count)) {
    if (padded_ != count_) Copy();
  }

  // The same without the top, where it is in the block: with a dy by which nothing
  // is added to a sum of terms, as for what fills it up.
  void LeaveOut(const RowInput<T>& row, size_t begin) {
    const T top_dy = row.dy == nullptr ? T{1} : row.dy[row.top];
    const T nothing = F::kTopIsSpecial ? T{0} : top_dy;
    if (padded_ != count_) std::fill(dy_buffer_.at + count_, dy_buffer_.at + padded_, nothing);
    const bool has_top = begin <= row.top && row.top - begin < count_;
    if (!has_top) return;
    const size_t top = row.top - begin;
    without_top_ = top / kKernelGranule;
    const size_t in_granule = top % kKernelGranule;
    const T* const x_there = x_ + without_top_ * kKernelGranule;
    CopyButOne(x_there, in_granule, kFarBelow, granule_x_);
    if (dy_ == nullptr) {
      std::fill(granule_dy_, granule_dy_ + kKernelGranule, T{1});
      granule_dy_[in_granule] = nothing;
    } else {
      const T* const dy_there = dy_ + without_top_ * kKernelGranule;
      CopyButOne(dy_there, in_granule, nothing, granule_dy_);
    }
  }

  // From element i on, as far as its granule goes; of dy nullptr: ones.
  const T* x(size_t i) const {
    return i / kKernelGranule == without_top_ ? granule_x_ + i % kKernelGranule : x_ + i;
  }
  const T* dy(size_t i) const {
    if (i / kKernelGranule == without_top_) return granule_dy_ + i % kKernelGranule;
    return dy_ == nullptr ? nullptr : dy_ + i;
  }
  size_t padded() const { return padded_; }

 private:
  static constexpr T kFarBelow =
      F::kOfMinusX ? std::numeric_limits<T>::infinity() : -std::numeric_limits<T>::infinity();

  void Copy() {
    std::copy(x_, x_ + count_, x_buffer_.at);
    std::fill(x_buffer_.at + count_, x_buffer_.at + padded_, kFarBelow);
    if (dy_ == nullptr) {
      std::fill(dy_buffer_.at, dy_buffer_.at + count_, T{1});
    } else {
      std::copy(dy_, dy_ + count_, dy_buffer_.at);
    }
    std::fill(dy_buffer_.at + count_, dy_buffer_.at + padded_, T{0});
    x_ = x_buffer_.at;
    dy_ = dy_buffer_.at;
  }

  const T* x_;
  const T* dy_;
  const size_t count_;
  const size_t padded_;
  Buffer<T> x_buffer_;
  Buffer<T> dy_buffer_;
  // The granule with the top, once that is left out.
  size_t without_top_ = ~size_t{0};
  alignas(64) T granule_x_[kKernelGranule];
  alignas(64) T granule_dy_[kKernelGranule];
};

// Elements of a vector, ones where there are none.
template <class D, class T>
HWY_INLINE hn::Vec<D> LoadOrOnes(D d, const T* from) {
  return from == nullptr ? hn::Set(d, T{1}) : hn::LoadU(d, from);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_ROW_BLOCK_INL_H_
