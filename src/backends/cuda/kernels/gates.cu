// Kernels of gated functions, of every type and tier.
#include "src/backends/cuda/kernels/gates-inl.h"
#include "src/backends/cuda/kernels/kernel_by_type.h"

namespace activation::cuda {

Kernel Gates(const Code& code) {
  if (code.dtype == DType::kF32 && code.tier == Tier::kFast)
    return GatesOf<Tier::kFast, DType::kF32>(code, GatedFunctions());
  return KernelByType(code.dtype, [&]<DType kType>() {
    return GatesOf<Tier::kExact, kType>(code, GatedFunctions());
  });
}

}  // namespace activation::cuda
