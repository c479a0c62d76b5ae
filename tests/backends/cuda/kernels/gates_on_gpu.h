// A gated function of 16 bits of every pair of elements on the GPU, against its results in f32,
// which another kernel has: both are made and compared there. Not thread-safe: it uses the current
// device's default stream.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_GATES_ON_GPU_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_GATES_ON_GPU_H_

#include <cstdint>
#include <string>

#include "src/backends/backend.h"

namespace activation::cuda {

struct GpuGates {
  std::string error;         // "" where there is none
  uint64_t compared = 0;     // results that a float next to their own does not round otherwise
  uint64_t differences = 0;  // among them
  uint32_t first = 0;        // the least pair that differs: a in its upper half, b in its lower
};

// Of f16 or bf16, EXACT; a gradient without dy, both halves of it.
GpuGates CompareEveryGate(Evaluation evaluation);

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_GATES_ON_GPU_H_
