// Tensors to time kernels on: x spread over [-8, 8), dy over [-1, 1].
#ifndef ACTIVATION_TESTS_BENCHMARKS_TENSORS_H_
#define ACTIVATION_TESTS_BENCHMARKS_TENSORS_H_

#include <cstddef>

#include "src/backends/backend.h"
#include "src/base/aligned_buffer.h"

namespace activation {

// Three tensors of one dtype on cache lines. Movable; thread-compatible.
class Tensors {
 public:
  Tensors(DType dtype, size_t count);

  DType dtype() const { return dtype_; }
  size_t count() const { return count_; }
  size_t bytes() const { return x_.size(); }
  std::byte* x() { return x_.data(); }
  std::byte* dy() { return dy_.data(); }
  std::byte* out() { return out_.data(); }

  // All of it, with default parameters.
  Evaluation EvaluationOf(FunctionId function, Direction direction, Tier tier);

 private:
  DType dtype_;
  size_t count_;
  AlignedBuffer x_;
  AlignedBuffer dy_;
  AlignedBuffer out_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_TENSORS_H_
