// How a double becomes an element of 32 or 16 bits, by its bits: what lies between two neighbouring
// elements and not near the middle of them needs no rounding to odd, and of 16 bits no conversion,
// of which a GPU does few at a time. Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_NARROWING_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_NARROWING_INL_H_

#include <cstring>

#include "src/backends/cuda/kernels/storage-inl.h"

namespace activation::cuda {

ACT_FN uint64_t BitsOf(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

// Bits of a double's fraction that an element does not hold, and the least normal number.
template <DType kType>
inline constexpr unsigned kLostBits = kType == DType::kF32   ? 29
                                      : kType == DType::kF16 ? 42
                                                             : 45;
template <DType kType>
inline constexpr double kLeastNormal = kType == DType::kF16 ? 0x1p-14 : 0x1p-126;

// A number >= 0 of which those bits are lost: below the least normal number, where elements lie as
// far apart as just above it, that more.
template <DType kType>
ACT_FN double Aligned(double size) {
  return size < kLeastNormal<kType> ? size + kLeastNormal<kType> : size;
}

// Whether a number >= 0 is within so many units of a double's last place of the middle between two
// neighbouring elements, or may be.
template <DType kType, uint32_t kUnits>
ACT_FN bool IsNearMiddle(double size) {
  const uint64_t bits = BitsOf(Aligned<kType>(size));
  uint32_t lost;  // the first 32 bits of those, the first of them as the sign
  uint32_t near;
  if constexpr (kLostBits<kType> >= 32) {
    lost = static_cast<uint32_t>(bits >> (kLostBits<kType> - 32));
    near = (kUnits >> (kLostBits<kType> - 32)) + 2;
  } else {
    lost = static_cast<uint32_t>(bits) << (32 - kLostBits<kType>);
    near = (kUnits + 1) << (32 - kLostBits<kType>);
  }
  return lost + (uint32_t{1} << 31) + near <= 2 * near;
}

// The elements nearest to numbers, where both are near no middle: as patterns that are equal where
// the elements are.
template <DType kType>
struct Narrow;

template <>
struct Narrow<DType::kF32> {
  using Pattern = float;
  static ACT_FN float Of(double size) { return static_cast<float>(size); }
  static ACT_FN float WithSign(float size, double sign) {
    return copysignf(size, BitsOf(sign) >> 63 != 0 ? -1.0F : 1.0F);
  }
};

template <DType kType>
struct NarrowHalf {
  using Pattern = uint32_t;
  static constexpr unsigned kShift = kLostBits<kType> - 32;
  static constexpr unsigned kFraction = 20 - kShift;  // bits of it
  static constexpr uint32_t kBias = kType == DType::kF16 ? 1023 - 15 : 1023 - 127;
  static constexpr uint32_t kInfinity = kType == DType::kF16 ? 0x7c00 : 0x7f80;

  static ACT_FN uint32_t Of(double size) {
    const bool is_normal = !(size < kLeastNormal<kType>);
    const auto bits = static_cast<uint32_t>(BitsOf(Aligned<kType>(size)) >> 32);
    const uint32_t rounded = (bits + (uint32_t{1} << (kShift - 1))) >> kShift;
    const uint32_t pattern = rounded - ((is_normal ? kBias : kBias + 1) << kFraction);
    return pattern < kInfinity ? pattern : kInfinity;
  }
  static ACT_FN uint16_t WithSign(uint32_t size, double sign) {
    const auto bits = static_cast<uint32_t>(BitsOf(sign) >> 48);
    return static_cast<uint16_t>(size | (bits & 0x8000U));
  }
};
template <>
struct Narrow<DType::kF16> : NarrowHalf<DType::kF16> {};
template <>
struct Narrow<DType::kBF16> : NarrowHalf<DType::kBF16> {};

// An element and whether it is in doubt.
template <DType kType>
struct Narrowed {
  TypeOf<kType> value;
  bool in_doubt;
};

// A number that is within so many units of its last place of what is to be rounded.
template <DType kType, uint32_t kUnits>
ACT_FN Narrowed<kType> NarrowWithin(double y) {
  const double size = fabs(y);
  return {Narrow<kType>::WithSign(Narrow<kType>::Of(size), y), IsNearMiddle<kType, kUnits>(size)};
}

// A number that is within `error` of it.
template <DType kType>
ACT_FN Narrowed<kType> NarrowWithin(double y, double error) {
  const double low = fabs(y) - error;
  const auto least = Narrow<kType>::Of(low);
  const auto most = Narrow<kType>::Of(fabs(y) + error);
  return {Narrow<kType>::WithSign(most, y), low < 0 || least != most};
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_NARROWING_INL_H_
