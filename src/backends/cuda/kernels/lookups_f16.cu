// Tables of elementwise functions of f16.
#include "src/backends/cuda/kernels/lookups-inl.h"

namespace activation::cuda {

Kernel TablesInF16(const Code& code) { return TablesOf<DType::kF16>(code, AllFunctions()); }

}  // namespace activation::cuda
