// Lookups of elementwise functions of bf16.
#include "src/backends/cuda/kernels/lookups-inl.h"

namespace activation::cuda {

Kernel LookupsInBF16(const Code& code) {
  return LookupsOf<DType::kBF16>(code, ElementwiseFunctions());
}

}  // namespace activation::cuda
