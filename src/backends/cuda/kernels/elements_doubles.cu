// Elementwise kernels of f64.
#include "src/backends/cuda/kernels/elements-inl.h"

namespace activation::cuda {

Kernel ElementsInDoubles(const Code& code) {
  return ElementsOf<Tier::kExact, DType::kF64>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
