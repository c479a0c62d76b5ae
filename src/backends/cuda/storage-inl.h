// How numbers become elements of each storage type, on the device and on the host alike.
// Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_STORAGE_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_STORAGE_INL_H_

#include "src/backends/cpu/half.h"
#include "src/base/dtype.h"

namespace activation::cuda {

// Type is how an element lies in memory, kNan the one quiet NaN with a clear sign. Of those
// narrower than double, Round(y) is the element nearest to what y was rounded to odd from.
template <DType>
struct Storage;

template <>
struct Storage<DType::kF32> {
  using Type = float;
  static constexpr Type kNan = std::numeric_limits<float>::quiet_NaN();
  static constexpr Type kOne = 1;
  static ACT_FN bool IsNan(float x) { return x != x; }
  static ACT_FN float Widen(float x) { return x; }
  static ACT_FN float Round(double y) { return static_cast<float>(y); }
  static ACT_FN bool AreEqual(float a, float b) { return a == b; }
};

template <>
struct Storage<DType::kF64> {
  using Type = double;
  static constexpr Type kNan = std::numeric_limits<double>::quiet_NaN();
  static constexpr Type kOne = 1;
  static ACT_FN bool IsNan(double x) { return x != x; }
  static ACT_FN double Widen(double x) { return x; }
  static ACT_FN double Round(double y) { return y; }
};

// Zeros of either sign are equal; there are no NaNs to compare.
ACT_FN bool AreEqualHalves(uint16_t a, uint16_t b) { return a == b || ((a | b) & 0x7fff) == 0; }

template <>
struct Storage<DType::kF16> {
  using Type = uint16_t;
  static constexpr Type kNan = 0x7e00;
  static constexpr Type kOne = 0x3c00;
  static ACT_FN bool IsNan(uint16_t x) { return (x & 0x7fff) > 0x7c00; }
  static ACT_FN float Widen(uint16_t x) {
#ifdef __CUDA_ARCH__
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
#else
    return FloatOfF16(x);
#endif
  }
  static ACT_FN uint16_t Round(double y) { return F16OfFloat(RoundToOdd(y)); }
  static ACT_FN bool AreEqual(uint16_t a, uint16_t b) { return AreEqualHalves(a, b); }
  // Both rounded, the first in the low half.
  static ACT_FN uint32_t RoundBoth(float low, float high) {
#ifdef __CUDA_ARCH__
    uint32_t both;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return uint32_t{F16OfFloat(high)} << 16 | F16OfFloat(low);
#endif
  }
};

template <>
struct Storage<DType::kBF16> {
  using Type = uint16_t;
  static constexpr Type kNan = 0x7fc0;
  static constexpr Type kOne = 0x3f80;
  static ACT_FN bool IsNan(uint16_t x) { return (x & 0x7fff) > 0x7f80; }
  static ACT_FN float Widen(uint16_t x) { return FloatOfBF16(x); }
  static ACT_FN uint16_t Round(double y) { return BF16OfFloat(RoundToOdd(y)); }
  static ACT_FN bool AreEqual(uint16_t a, uint16_t b) { return AreEqualHalves(a, b); }
  static ACT_FN uint32_t RoundBoth(float low, float high) {
#ifdef __CUDA_ARCH__
    uint32_t both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return uint32_t{BF16OfFloat(high)} << 16 | BF16OfFloat(low);
#endif
  }
};

template <DType kType>
using TypeOf = typename Storage<kType>::Type;

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_STORAGE_INL_H_
