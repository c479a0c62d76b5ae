// Tensors to time kernels on: x spread over [-8, 8), dy over [-1, 1]. They begin on
// pages, so many pages apart, because a core mistakes some addresses for others, and
// which is a matter of where tensors lie (docs/performance.md).
#ifndef ACTIVATION_TESTS_BENCHMARKS_TENSORS_H_
#define ACTIVATION_TESTS_BENCHMARKS_TENSORS_H_

#include <cstddef>

#include "src/backends/backend.h"
#include "src/base/aligned_buffer.h"

namespace activation {

// Elements of a row where nothing else is said.
inline constexpr size_t kRowLength = 1024;
inline constexpr size_t kGatedRowLength = 16 * kRowLength;
inline constexpr size_t kChannels = 4;
inline constexpr size_t kChannelLength = 256;

// An evaluation without its tensors: with default parameters, of a row-wise function in
// rows of so many elements, of which `count` is a multiple; of a gated one in rows of
// kGatedRowLength, or one row of fewer; of a per-channel one in kChannels channels of
// kChannelLength. `count` is a power of two of at least 1,024 there.
Evaluation DefaultEvaluation(FunctionId function, Direction direction, Tier tier, DType dtype,
                             size_t count, size_t row_length = kRowLength);

// Three tensors of one dtype, and a weight for each channel. Movable; thread-compatible.
class Tensors {
 public:
  Tensors(DType dtype, size_t count, size_t pages_between = 0);

  DType dtype() const { return dtype_; }
  size_t count() const { return count_; }
  size_t bytes() const { return count_ * SizeOf(dtype_); }
  // How long rows are for a row-wise function.
  size_t row_length() const { return row_length_; }
  void set_row_length(size_t elements) { row_length_ = elements; }
  std::byte* x() { return Page(0); }
  std::byte* dy() { return Page(1); }
  std::byte* out() { return Page(2); }
  std::byte* weight() { return Page(3); }

  // All of it, as DefaultEvaluation.
  Evaluation EvaluationOf(FunctionId function, Direction direction, Tier tier);

 private:
  // The first page of the tensor `index`.
  std::byte* Page(size_t index);

  DType dtype_;
  size_t count_;
  size_t row_length_ = kRowLength;
  size_t step_;  // bytes from one tensor to the next
  AlignedBuffer buffer_;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_TENSORS_H_
