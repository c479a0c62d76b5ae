// Lookups of elementwise functions of f16.
#include "src/backends/cuda/kernels/lookups-inl.h"

namespace activation::cuda {

Kernel LookupsInF16(const Code& code) {
  return LookupsOf<DType::kF16>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
