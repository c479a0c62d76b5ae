// A lane's elements of 16 bits, two in a register. Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_PACKED_INPUT_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_PACKED_INPUT_INL_H_

#include "src/backends/cuda/kernels/storage-inl.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"

namespace activation::cuda {

// A lane's elements of a tensor of 16 bits in a whole tile, two in a word as they lie, so that few
// registers hold them while the next are under way; ones where there is no tensor.
class PackedInput {
 public:
  ACT_FN PackedInput(const LaneTile<uint16_t>& part, const void* base, uint16_t one) {
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      if (base != nullptr) {
        const auto* const from = static_cast<const uint16_t*>(base) + part.At(v, 0);
        words_[v] = LoadVector(reinterpret_cast<const uint32_t*>(from));
      } else {
        for (uint32_t& word : words_[v].at) word = BothHalves(one, one);
      }
    }
  }

  // Elements 2 w and 2 w + 1 of a vector, the first in the low half.
  ACT_FN uint32_t Word(unsigned v, unsigned w) const { return words_[v].at[w]; }

  ACT_FN uint16_t At(unsigned v, unsigned k) const {
    return static_cast<uint16_t>(words_[v].at[k / 2] >> (k % 2 * 16));
  }

 private:
  LaneValues<uint32_t> words_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_PACKED_INPUT_INL_H_
