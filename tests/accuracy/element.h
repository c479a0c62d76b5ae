// Elements of tensors from and to doubles.
#ifndef ACTIVATION_TESTS_ACCURACY_ELEMENT_H_
#define ACTIVATION_TESTS_ACCURACY_ELEMENT_H_

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "src/backends/half.h"
#include "src/base/dtype.h"

namespace activation::accuracy {

// The value of element `index` of a tensor, exactly. Results are judged by what this
// says, so it shares no code with src/.
inline double Load(DType dtype, const void* data, size_t index) {
  const auto* at = static_cast<const unsigned char*>(data) + index * SizeOf(dtype);
  if (dtype == DType::kF64) {
    double value;
    std::memcpy(&value, at, sizeof(value));
    return value;
  }
  float value = 0;
  if (dtype == DType::kF32) {
    std::memcpy(&value, at, sizeof(value));
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, at, sizeof(bits));
  if (dtype == DType::kBF16) {
    const uint32_t wide = uint32_t{bits} << 16;
    std::memcpy(&value, &wide, sizeof(value));
    return value;
  }
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  return sign *
         (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

// The bits of the number nearest to `value`.
inline uint64_t BitsOf(DType dtype, double value) {
  switch (dtype) {
    case DType::kF32:
      return std::bit_cast<uint32_t>(static_cast<float>(value));
    case DType::kF64:
      return std::bit_cast<uint64_t>(value);
    case DType::kF16:
      return F16OfFloat(static_cast<float>(value));
    case DType::kBF16:
      return BF16OfFloat(static_cast<float>(value));
  }
  return 0;
}

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_ELEMENT_H_
