#include "client/cli/transpose.h"

#include <cstring>
#include <utility>

namespace activation::cli {

void MakeRowMajor(Tensor& tensor) {
  const size_t rank = tensor.shape.size();
  if (rank < 2 || tensor.bytes.empty()) return;
  const size_t size = SizeOf(tensor.dtype);
  // How far apart neighbours along each axis are in the source.
  std::vector<size_t> stride(rank, size);
  for (size_t axis = 1; axis < rank; ++axis) {
    stride[axis] = stride[axis - 1] * static_cast<size_t>(tensor.shape[axis - 1]);
  }
  // Counts the index up as an odometer, last axis fastest, and follows it in the source.
  std::string rearranged(tensor.bytes.size(), '\0');
  std::vector<int64_t> index(rank, 0);
  size_t source = 0;
  for (size_t target = 0; target < rearranged.size(); target += size) {
    std::memcpy(rearranged.data() + target, tensor.bytes.data() + source, size);
    for (size_t axis = rank; axis-- > 0;) {
      source += stride[axis];
      if (++index[axis] < tensor.shape[axis]) break;
      source -= stride[axis] * static_cast<size_t>(tensor.shape[axis]);
      index[axis] = 0;
    }
  }
  tensor.bytes = std::move(rearranged);
}

}  // namespace activation::cli
