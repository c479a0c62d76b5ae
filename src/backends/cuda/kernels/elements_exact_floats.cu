// Elementwise kernels of f32 in the EXACT tier.
#include "src/backends/cuda/kernels/elements-inl.h"

namespace activation::cuda {

Kernel ElementsInExactFloats(const Code& code) {
  return ElementsOf<Tier::kExact, DType::kF32>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
