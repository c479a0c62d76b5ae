// Kernels of row-wise functions of f32, f16 and bf16, correctly rounded: a block takes a tile of
// rows (exact_row_tile-inl.h).
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// This needs both.
#include "src/backends/cuda/kernels/exact_row_tile-inl.h"

namespace activation::cuda {
namespace {

template <Direction kDirection, DType kType, class... Functions>
Kernel RowsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {
      KernelOfBlocks<ExactRowTile<Functions, kDirection, kType>>...};
  return kKernels[place]();
}

template <DType kType>
Kernel RowsOf(const Code& code) {
  return code.direction == Direction::kForward
             ? RowsOf<Direction::kForward, kType>(code.place, RowWiseFunctions())
             : RowsOf<Direction::kGradient, kType>(code.place, RowWiseFunctions());
}

}  // namespace

Kernel Rows(const Code& code) {
  switch (code.dtype) {
    case DType::kF32:
      return code.tier == Tier::kFast ? RowsInFloats(code) : RowsOf<DType::kF32>(code);
    case DType::kF64:
      return RowsInDoubles(code);
    case DType::kF16:
      return RowsOf<DType::kF16>(code);
    case DType::kBF16:
      break;
  }
  return RowsOf<DType::kBF16>(code);
}

}  // namespace activation::cuda
