// The CUDA host: the scalar primitives, compiled for the GPU and for the CPU.
// Include in a .cu file in place of ops_scalar.h. The GPU's add, multiply,
// divide and fma round as IEEE 754 says, so results have the CPU's bits; that
// needs nvcc's --fmad=false (a product and a sum stay two roundings) and
// --expt-relaxed-constexpr, and neither --use_fast_math nor -ftz=true.
#ifndef ACTIVATION_SRC_FUNCTIONS_OPS_CUDA_H_
#define ACTIVATION_SRC_FUNCTIONS_OPS_CUDA_H_

#include <cuda_runtime.h>

#define ACT_FN __host__ __device__ inline
#define ACT_HOST_NAMESPACE cuda
#define ACT_BEFORE_NAMESPACE()
#define ACT_AFTER_NAMESPACE()
// An array of coefficients must lie where the code that reads it runs.
#ifdef __CUDA_ARCH__
#define ACT_CONSTANT static __device__
#else
#define ACT_CONSTANT inline
#endif

#include "src/functions/ops_scalar.h"
// Needs it before it.
#include "src/functions/ops_warp-inl.h"

#endif  // ACTIVATION_SRC_FUNCTIONS_OPS_CUDA_H_
