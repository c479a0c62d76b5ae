#include "activation/types.h"

#include <limits>

namespace activation::client {

int64_t ConstTensor::elements() const {
  int64_t product = 1;
  bool overflow = false;
  for (const int64_t extent : shape) {
    if (extent <= 0) return 0;
    overflow |= __builtin_mul_overflow(product, extent, &product);
  }
  return overflow ? std::numeric_limits<int64_t>::max() : product;
}

}  // namespace activation::client
