// Rows of row-wise functions that the kernels leave: results in doubt, in the grade
// Certain with exact sums, and rows that are not of finite numbers. One element at a
// time. Inputs are any storage type's in double.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_SLOW_ROWS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_SLOW_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "src/base/dtype.h"

namespace activation {

struct SlowRow {
  const double* x;
  const double* dy;  // nullptr: ones
  size_t n;
};

// out[i] for each i with wanted[i], rounded to odd (slow_lane.h). `place` is the
// function's among the row-wise ones; the row is as kernels take it, of floats.
void EvaluateRowSlowly(size_t place, Direction direction, const SlowRow& row, const uint8_t* wanted,
                       double* out);

// Whether kernels take the row: no element is NaN and the greatest is finite (of a
// function of -x, the least).
bool IsUsualRow(size_t place, const SlowRow& row);

// All of out for another row: the limit where one element alone is infinite in the
// way of the greatest, else NaN.
void EvaluateUnusualRow(size_t place, Direction direction, const SlowRow& row, double* out);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_SLOW_ROWS_H_
