// Elementwise kernels of f16.
#include "src/backends/cuda/kernels/elements-inl.h"

namespace activation::cuda {

Kernel ElementsInF16(const Code& code) {
  return ElementsOf<Tier::kExact, DType::kF16>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
