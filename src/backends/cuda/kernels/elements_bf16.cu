// Elementwise kernels of bf16.
#include "src/backends/cuda/kernels/elements-inl.h"

namespace activation::cuda {

Kernel ElementsInBF16(const Code& code) {
  return ElementsOf<Tier::kExact, DType::kBF16>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
