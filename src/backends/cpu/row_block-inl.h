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
// least one element, none NaN.
template <class F, class T>
size_t TopOf(const T* x, size_t n) {
  const hn::CappedTag<T, kKernelGranule> d;
  using N = Number<decltype(d)>;
  const size_t whole = n - n % hn::Lanes(d);
  N greatest = N::Of(-std::numeric_limits<double>::infinity());
  for (size_t i = 0; i < whole; i += hn::Lanes(d)) {
    greatest = Max(greatest, Taken<F>(N{hn::LoadU(d, x + i)}));
  }
  T top = hn::GetLane(hn::MaxOfLanes(d, greatest.v));
  for (size_t i = whole; i < n; ++i) top = std::max(top, F::kOfMinusX ? -x[i] : x[i]);
  const T wanted = F::kOfMinusX ? -top : top;
  size_t i = 0;
  while (i < whole && hn::AllFalse(d, hn::Eq(hn::LoadU(d, x + i), hn::Set(d, wanted)))) {
    i += hn::Lanes(d);
  }
  while (x[i] != wanted) ++i;
  return i;
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
    if (padded_ != count_) Copy(T{0});
  }

  // The same without the top, where it is in the block: with a dy by which nothing
  // is added to a sum of terms, as for what fills it up.
  void LeaveOut(const RowInput<T>& row, size_t begin) {
    const bool has_top = begin <= row.top && row.top - begin < count_;
    if (padded_ == count_ && !has_top) return;
    const T top_dy = row.dy == nullptr ? T{1} : row.dy[row.top];
    const T nothing = F::kTopIsSpecial ? T{0} : top_dy;
    Copy(nothing);
    if (!has_top) return;
    x_buffer_.at[row.top - begin] = kFarBelow;
    dy_buffer_.at[row.top - begin] = nothing;
  }

  const T* x() const { return x_; }
  const T* dy() const { return dy_; }
  size_t padded() const { return padded_; }

 private:
  static constexpr T kFarBelow =
      F::kOfMinusX ? std::numeric_limits<T>::infinity() : -std::numeric_limits<T>::infinity();

  void Copy(T filling_dy) {
    if (x_ != x_buffer_.at) std::copy(x_, x_ + count_, x_buffer_.at);
    std::fill(x_buffer_.at + count_, x_buffer_.at + padded_, kFarBelow);
    if (dy_ == nullptr) {
      std::fill(dy_buffer_.at, dy_buffer_.at + count_, T{1});
    } else if (dy_ != dy_buffer_.at) {
      std::copy(dy_, dy_ + count_, dy_buffer_.at);
    }
    std::fill(dy_buffer_.at + count_, dy_buffer_.at + padded_, filling_dy);
    x_ = x_buffer_.at;
    dy_ = dy_buffer_.at;
  }

  const T* x_;
  const T* dy_;
  const size_t count_;
  const size_t padded_;
  Buffer<T> x_buffer_;
  Buffer<T> dy_buffer_;
};

// Elements of a vector, ones where there are none.
template <class D, class T>
HWY_INLINE hn::Vec<D> LoadOrOnes(D d, const T* from, size_t i) {
  return from == nullptr ? hn::Set(d, T{1}) : hn::LoadU(d, from + i);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_ROW_BLOCK_INL_H_
