// Elementwise kernels of f32 in the FAST tier.
#include "src/backends/cuda/kernels/elements-inl.h"

namespace activation::cuda {

Kernel ElementsInFastFloats(const Code& code) {
  return ElementsOf<Tier::kFast, DType::kF32>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
