// The inputs of a sweep: bit patterns in rising order, cut into blocks of which
// each is all finite or all infinite and NaN. Immutable.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_INPUTS_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_INPUTS_H_

#include <cstddef>
#include <cstdint>

#include "src/base/dtype.h"

namespace activation::atlas {

class Inputs {
 public:
  // All patterns of a 16-bit type; of f32 `samples`, a power of two from 2^12 to
  // 2^32: one from each of so many equal ranges.
  Inputs(DType dtype, uint64_t samples);

  uint64_t count() const { return block_size_ * blocks_; }
  size_t block_size() const { return block_size_; }
  uint32_t blocks() const { return blocks_; }
  // How many patterns a block spans.
  uint64_t span() const { return block_size_ * stride_; }
  bool IsFinite(uint32_t block) const;
  // Writes a block's inputs.
  void Fill(uint32_t block, void* x) const;

 private:
  template <class Bits>
  void FillAs(uint32_t block, Bits* x) const;

  const DType dtype_;
  uint64_t stride_;
  size_t block_size_;
  uint32_t blocks_;
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_INPUTS_H_
