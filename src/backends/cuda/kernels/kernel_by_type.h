// The kernel of a code where templates make one for each storage type. Include in .cu files.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_KERNEL_BY_TYPE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_KERNEL_BY_TYPE_H_

#include "src/backends/cuda/kernels/kernel.h"

namespace activation::cuda {

// make<kType>() of that type.
template <class Make>
Kernel KernelByType(DType type, Make make) {
  switch (type) {
    case DType::kF32:
      return make.template operator()<DType::kF32>();
    case DType::kF64:
      return make.template operator()<DType::kF64>();
    case DType::kF16:
      return make.template operator()<DType::kF16>();
    case DType::kBF16:
      break;
  }
  return make.template operator()<DType::kBF16>();
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_KERNEL_BY_TYPE_H_
