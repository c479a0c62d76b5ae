// Rows of row-wise functions that the kernels leave: results in doubt, in the grade
// Certain with exact sums, and rows that are not of finite numbers. One element at a
// time.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_SLOW_ROWS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_SLOW_ROWS_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "src/base/dtype.h"

namespace activation {

// A row of floats or of doubles, where it is.
class SlowRow {
 public:
  // `dy` is nullptr for ones.
  SlowRow(const float* x, const float* dy, size_t n) : float_x_(x), float_dy_(dy), n_(n) {}
  SlowRow(const double* x, const double* dy, size_t n) : double_x_(x), double_dy_(dy), n_(n) {}

  size_t n() const { return n_; }
  bool is_of_doubles() const { return double_x_ != nullptr; }
  double x(size_t i) const {
    return double_x_ != nullptr ? double_x_[i] : static_cast<double>(float_x_[i]);
  }
  double dy(size_t i) const {
    if (double_dy_ != nullptr) return double_dy_[i];
    return float_dy_ != nullptr ? static_cast<double>(float_dy_[i]) : 1;
  }

 private:
  const float* float_x_ = nullptr;
  const float* float_dy_ = nullptr;
  const double* double_x_ = nullptr;
  const double* double_dy_ = nullptr;
  const size_t n_;
};

using PutResult = absl::FunctionRef<void(size_t index, double result)>;

// Results of the wanted elements, rounded to odd (slow_lane.h). `place` is the
// function's among the row-wise ones; the row is of floats, as kernels take it.
void EvaluateRowSlowly(size_t place, Direction direction, const SlowRow& row,
                       absl::Span<const size_t> wanted, PutResult put);

// Whether kernels take the row, if dy is finite: no element is NaN and the greatest is finite (of
// a function of -x, the least).
bool IsUsualRow(size_t place, const SlowRow& row);

// All results of another row: the limit where one element alone is infinite in the
// way of the greatest, else NaN. Or the gradient of a usual row with dy that are not finite:
// NaN where one is NaN, else what derivatives times infinite dy add up to. Of a row of doubles
// the nearest numbers, else rounded to odd.
void EvaluateUnusualRow(size_t place, Direction direction, const SlowRow& row, PutResult put);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_SLOW_ROWS_H_
