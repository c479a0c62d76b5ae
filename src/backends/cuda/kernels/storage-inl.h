// How numbers become elements of each storage type, on the device and on the host alike.
// Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_STORAGE_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_STORAGE_INL_H_

#include <cmath>
#include <limits>

#include "src/backends/half.h"
#include "src/base/dtype.h"

namespace activation::cuda {

// Elements that are numbers of C++.
template <class T>
struct NumberStorage {
  using Type = T;
  static constexpr T kNan = std::numeric_limits<T>::quiet_NaN();
  static constexpr T kOne = 1;
  static constexpr T kInfinity = std::numeric_limits<T>::infinity();
  static constexpr T kMinusInfinity = -kInfinity;
  static ACT_FN bool IsNan(T x) { return x != x; }
  static ACT_FN T Widen(T x) { return x; }
  static ACT_FN T Round(double y) { return static_cast<T>(y); }
  // Two numbers, of which zeros of two signs are not the same.
  static ACT_FN bool AreSame(T a, T b) { return a == b && std::signbit(a) == std::signbit(b); }
};

// Elements of 16 bits, which are floats to compute with, by what is known of their format.
template <class Format>
struct HalfStorage {
  using Type = uint16_t;
  static constexpr uint16_t kNan = Format::kNan;
  static constexpr uint16_t kOne = Format::kOne;
  static constexpr uint16_t kInfinity = Format::kInfinity;
  static constexpr uint16_t kMinusInfinity = kInfinity | 0x8000;
  static ACT_FN bool IsNan(uint16_t x) { return (x & 0x7fff) > Format::kInfinity; }
  static ACT_FN float Widen(uint16_t x) { return Format::ToFloat(x); }
  static ACT_FN uint16_t Round(double y) { return Format::OfFloat(RoundToOdd(y)); }
  static ACT_FN bool AreSame(uint16_t a, uint16_t b) { return a == b; }
  // Both rounded, the first in the low half.
  static ACT_FN uint32_t RoundBoth(float low, float high) { return Format::OfFloats(low, high); }
  // Two elements as RoundBoth() has them with the one NaN for any.
  static ACT_FN uint32_t WithOneNan(uint32_t both) {
#ifdef __CUDA_ARCH__
    // Any NaN is 0x7fff there, which as a whole number is more than it, and nothing else is.
    return __vmins2(both, uint32_t{kNan} << 16 | kNan);
#else
    const auto one = [](uint32_t bits) { return IsNan(static_cast<uint16_t>(bits)) ? kNan : bits; };
    return one(both >> 16) << 16 | one(both & 0xffff);
#endif
  }
};

ACT_FN uint32_t BothHalves(uint16_t low, uint16_t high) { return uint32_t{high} << 16 | low; }

// The last bit of each half of a word that is not zero.
ACT_FN uint32_t OneInEach(uint32_t both) {
#ifdef __CUDA_ARCH__
  return __vminu2(both, 0x00010001);
#else
  return uint32_t{(both >> 16) != 0} << 16 | uint32_t{(both & 0xffff) != 0};
#endif
}

// Bits of the two halves of a word in turn, from the last on: those of the low half first.
ACT_FN uint32_t Alternating(uint32_t both) {
  const auto apart = [](uint32_t bits) {
    bits = (bits | bits << 8) & 0x00ff00ff;
    bits = (bits | bits << 4) & 0x0f0f0f0f;
    bits = (bits | bits << 2) & 0x33333333;
    return (bits | bits << 1) & 0x55555555;
  };
  return apart(both & 0xffff) | apart(both >> 16) << 1;
}

struct F16Format {
  static constexpr uint16_t kNan = 0x7e00;
  static constexpr uint16_t kOne = 0x3c00;
  static constexpr uint16_t kInfinity = 0x7c00;
  static ACT_FN uint16_t OfFloat(float y) { return F16OfFloat(y); }
  static ACT_FN float ToFloat(uint16_t x) {
#ifdef __CUDA_ARCH__
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
    return y;
#else
    return FloatOfF16(x);
#endif
  }
  static ACT_FN uint32_t OfFloats(float low, float high) {
#ifdef __CUDA_ARCH__
    uint32_t both;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return BothHalves(OfFloat(low), OfFloat(high));
#endif
  }
};

struct BF16Format {
  static constexpr uint16_t kNan = 0x7fc0;
  static constexpr uint16_t kOne = 0x3f80;
  static constexpr uint16_t kInfinity = 0x7f80;
  static ACT_FN uint16_t OfFloat(float y) { return BF16OfFloat(y); }
  static ACT_FN float ToFloat(uint16_t x) { return FloatOfBF16(x); }
  static ACT_FN uint32_t OfFloats(float low, float high) {
#ifdef __CUDA_ARCH__
    uint32_t both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return BothHalves(OfFloat(low), OfFloat(high));
#endif
  }
};

// Type is how an element lies in memory, kNan the one quiet NaN with a clear sign. Of those
// narrower than double, Round(y) is the element nearest to what y was rounded to odd from.
template <DType>
struct Storage;
template <>
struct Storage<DType::kF32> : NumberStorage<float> {};
template <>
struct Storage<DType::kF64> : NumberStorage<double> {};
template <>
struct Storage<DType::kF16> : HalfStorage<F16Format> {};
template <>
struct Storage<DType::kBF16> : HalfStorage<BF16Format> {};

template <DType kType>
using TypeOf = typename Storage<kType>::Type;

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_STORAGE_INL_H_
