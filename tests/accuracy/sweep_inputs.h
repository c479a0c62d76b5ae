// The inputs of a sweep, a block at a time.
#ifndef ACTIVATION_TESTS_ACCURACY_SWEEP_INPUTS_H_
#define ACTIVATION_TESTS_ACCURACY_SWEEP_INPUTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/accuracy/sweep.h"

namespace activation::accuracy {

inline constexpr size_t kSweepBlock = 4096;

// `count` elements as doubles, exactly.
void Widen(DType dtype, const std::byte* from, size_t count, double* to);
// Their bits.
void CopyBits(DType dtype, const std::byte* from, size_t count, uint64_t* to);

// Buffers hold kSweepBlock elements, those beyond count() are zero or old.
class SweepInputs {
 public:
  explicit SweepInputs(const SweepOptions& options);

  // Takes the finite ones of inputs [first, first + count), count <= kSweepBlock.
  void Fill(uint64_t first, size_t count);

  size_t count() const { return count_; }
  const std::byte* x() const { return x_.data(); }
  // nullptr where dy is absent.
  const std::byte* dy() const { return options_.with_dy ? dy_.data() : nullptr; }
  const double* wide_x() const { return wide_x_.data(); }
  const double* wide_dy() const { return wide_dy_.data(); }
  // Mix() of the bits of each x.
  const uint64_t* mixed() const { return mixed_.data(); }

 private:
  void FillWithNeighbours(uint64_t first, size_t count);
  void FillOneByOne(uint64_t first, size_t count);
  uint64_t FirstOfStride(uint64_t index) const;
  uint64_t Jitter(uint64_t index) const;
  uint64_t PatternOfX(uint64_t index) const;
  uint64_t PatternOfDy(uint64_t index) const;

  const SweepOptions& options_;
  const uint64_t stride_;
  const bool is_power_;  // the stride, of two
  const bool every_pair_;
  size_t count_ = 0;
  std::vector<std::byte> x_;
  std::vector<std::byte> dy_;
  std::vector<double> wide_x_;
  std::vector<double> wide_dy_;
  std::vector<uint64_t> mixed_;
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_SWEEP_INPUTS_H_
