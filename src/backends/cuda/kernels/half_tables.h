// Lookup tables of all that an elementwise function makes of elements of 16 bits, of which there
// are 65,536: a long tensor is looked up in them, because its memory is faster than a formula and
// its rounding test. Plain C++, for kernels and the host alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HALF_TABLES_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HALF_TABLES_H_

#include <cstddef>
#include <cstdint>

#include "src/base/dtype.h"

namespace activation::cuda {

// Forward: f(x) of every element, by its bits.
inline constexpr uint32_t kResults = uint32_t{1} << 16;
inline constexpr size_t kResultBytes = kResults * sizeof(uint16_t);

// Gradient: f'(x) as floats, for those of either sign whose other bits are less than kSlopesOfSign,
// which is as many as a multiprocessor's shared memory holds: all below 8,192 of f16 and below 2^97
// of bf16. The entry after them stands for those beyond.
inline constexpr uint32_t kSlopesOfSign = 28672;
inline constexpr uint32_t kSlopes = 2 * (kSlopesOfSign + 1);
// A whole number of vectors.
inline constexpr size_t kSlopeBytes = (kSlopes + 2) * sizeof(float);
static_assert(kSlopeBytes % 16 == 0);

// Where the slope of an element is.
constexpr uint32_t PlaceOfSlope(uint32_t bits) {
  const uint32_t size = bits & 0x7fff;
  return (size < kSlopesOfSign ? size : kSlopesOfSign) + (bits >> 15) * (kSlopesOfSign + 1);
}

// The element of a place that is not for those beyond.
constexpr uint16_t ElementOfPlace(uint32_t place) {
  const uint32_t sign = place / (kSlopesOfSign + 1);
  return static_cast<uint16_t>(place - sign * (kSlopesOfSign + 1) + (sign << 15));
}

// Threads of a block that looks up, beside whose table there is no room for another block: the most
// there can be, or as many as leave each the registers of the slow lane.
constexpr unsigned LookupThreads(Direction direction) {
  return direction == Direction::kForward ? 1024 : 512;
}

constexpr size_t LookupTableBytes(Direction direction) {
  return direction == Direction::kForward ? kResultBytes : kSlopeBytes;
}
// The same and, after it, how many tiles have been taken.
constexpr size_t LookupTableScratchBytes(Direction direction) {
  return LookupTableBytes(direction) + 16;
}
inline constexpr size_t kMostLookupTableBytes = LookupTableScratchBytes(Direction::kGradient);
constexpr uint32_t LookupTableEntries(Direction direction) {
  return direction == Direction::kForward ? kResults : kSlopes;
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HALF_TABLES_H_
