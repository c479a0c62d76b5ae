// Kernels of gated functions, of every type and tier.
#include "src/backends/cuda/kernels/gates-inl.h"

namespace activation::cuda {

Kernel Gates(const Code& code) {
  switch (code.dtype) {
    case DType::kF32:
      return code.tier == Tier::kFast ? GatesOf<Tier::kFast, DType::kF32>(code, GatedFunctions())
                                      : GatesOf<Tier::kExact, DType::kF32>(code, GatedFunctions());
    case DType::kF64:
      return GatesOf<Tier::kExact, DType::kF64>(code, GatedFunctions());
    case DType::kF16:
      return GatesOf<Tier::kExact, DType::kF16>(code, GatedFunctions());
    case DType::kBF16:
      break;
  }
  return GatesOf<Tier::kExact, DType::kBF16>(code, GatedFunctions());
}

}  // namespace activation::cuda
