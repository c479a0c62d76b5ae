// Tables of elementwise functions of bf16.
#include "src/backends/cuda/kernels/lookups-inl.h"

namespace activation::cuda {

Kernel TablesInBF16(const Code& code) { return TablesOf<DType::kBF16>(code, AllFunctions()); }

}  // namespace activation::cuda
