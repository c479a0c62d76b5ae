// What the inner loop of statistics, KernelSet::sum_block, gives: counts, and sums that have lost
// nothing or say so.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_STATISTICS_KERNEL_H_
#define ACTIVATION_SRC_BACKENDS_CPU_STATISTICS_KERNEL_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace activation {

inline constexpr size_t kMaxSumLanes = 8;

// A sum in parts: where `exact` is set, high and low of all lanes together are it to the
// last bit, else they are nothing.
struct LaneSum {
  alignas(64) std::array<double, kMaxSumLanes> high;
  alignas(64) std::array<double, kMaxSumLanes> low;
  bool exact;
};

// Of y[0, n) and slope[0, n), aligned and whole granules (kernels.h); of elements where both are
// finite, but for `non_finite`. Squares must be exact in double, of at most 26 bits each, as those
// of floats are: of f64 they are not, and both sums of squares are nothing, whatever `exact` says.
struct BlockStatistics {
  uint64_t non_finite = 0;
  uint64_t zeros = 0;
  uint64_t dead = 0;
  uint64_t saturated = 0;
  LaneSum y;
  LaneSum y_squared;
  LaneSum slope_squared;
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_STATISTICS_KERNEL_H_
