// Statistics of an elementwise evaluation, gathered while its blocks are in the first-level
// cache. Sums are exact, so that stretches may be added in any order.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_STATISTICS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_STATISTICS_H_

#include <cstddef>

#include "src/backends/backend.h"
#include "src/backends/cpu/kernels.h"
#include "src/backends/tensor_statistics.h"
#include "src/base/exact_sum.h"

namespace activation {

// Elements [0, n) of y and of f'(x), widened. Both are aligned to 64 bytes and filled up with zeros
// to whole granules.
struct WideBlock {
  const double* y;
  const double* slope;
  size_t n;
  bool squares_are_exact;  // each has at most 26 bits
};

// What has been counted so far. Thread-compatible.
class StatisticsSums {
 public:
  void Add(const KernelSet& kernels, const WideBlock& wide);

  void Add(const StatisticsSums& other);

  TensorStatistics Total();

 private:
  TensorStatistics counts_;
  ExactSum y_;
  ExactSum y_squared_;
  ExactSum slope_squared_;
};

// EvaluateStretch (evaluate.h) of an elementwise function, and adds what its elements have
// to say to `sums`.
void EvaluateWithStatistics(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                            size_t count, StatisticsSums* sums);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_STATISTICS_H_
