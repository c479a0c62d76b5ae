// A gradient of 16 bits of every x and every dy on the GPU, by table and computed: both are made
// and compared there. Not thread-safe: it uses the current device's default stream.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_PAIRS_ON_GPU_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_PAIRS_ON_GPU_H_

#include <cstdint>
#include <string>

#include "src/backends/backend.h"

namespace activation::cuda {

struct GpuPairs {
  std::string error;         // "" where there is none
  uint64_t differences = 0;  // of 2^32
  uint32_t first = 0;        // the least pair that differs: dy in its upper half, x in its lower
};

// Of f16 or bf16, elementwise.
GpuPairs CompareEveryPair(Evaluation evaluation);

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_PAIRS_ON_GPU_H_
