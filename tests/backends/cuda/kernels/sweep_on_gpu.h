// A function of every float on the GPU: inputs are made there and results hashed there, so that
// nothing but the hash is copied. Not thread-safe: it uses the current device's default stream.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_SWEEP_ON_GPU_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_SWEEP_ON_GPU_H_

#include <cstdint>
#include <string>

#include "src/backends/backend.h"

namespace activation::cuda {

inline constexpr uint64_t kFiniteFloats = (uint64_t{1} << 32) - (uint64_t{1} << 24);

struct GpuSweep {
  std::string error;    // "" where there is none
  uint64_t hash = 0;    // as tests/accuracy/bit_hash.h has it
  uint64_t inputs = 0;  // finite ones: those that were hashed
};

// Of f32, elementwise; a gradient is without dy.
GpuSweep SweepEveryFloat(Evaluation evaluation);

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_SWEEP_ON_GPU_H_
