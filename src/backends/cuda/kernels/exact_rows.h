// Which threads of a block do which rows, and which elements of a row each of its threads has, of
// rows of f32, f16 and bf16 in the EXACT tier. Plain C++, for kernels and the host alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_ROWS_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "src/backends/cuda/kernels/device_job.h"

namespace activation::cuda {

// Elements that a thread keeps of a row.
inline constexpr unsigned kKeptOfRow = 16;

// What memory is read and written in.
inline constexpr size_t kSectorBytes = 32;

// The logarithm of a power of two. nvcc 13.0 has no std::bit_width() for a device, and says nothing
// where it is called.
constexpr unsigned LogOf(size_t power) {
  unsigned log = 0;
  while (power >> log > 1) ++log;
  return log;
}
inline constexpr unsigned kLogOfThreads = LogOf(kThreads);

// How a block's threads share out rows: 2^bits lanes do one. They are neighbours or, where rows lie
// `across`, every rows()-th thread, so that neighbours have elements that lie side by side.
struct RowLanes {
  unsigned bits;
  bool across;

  constexpr unsigned count() const { return 1U << bits; }
  constexpr unsigned rows() const { return kThreads >> bits; }
  constexpr unsigned row(unsigned thread) const {
    return across ? thread & (rows() - 1) : thread >> bits;
  }
  constexpr unsigned part(unsigned thread) const {
    return across ? thread >> (kLogOfThreads - bits) : thread & (count() - 1);
  }
  // The lanes of a row differ in those bits of their numbers that are between these two.
  constexpr unsigned first() const { return across ? rows() : 1; }
  constexpr unsigned end() const { return across ? kThreads : count(); }
  // Whether the lanes keep all of a row.
  constexpr bool Keep(uint64_t extent) const { return extent <= uint64_t{kKeptOfRow} << bits; }
};

// As few lanes as keep a row, if a block does; rows that lie across fill sectors of memory.
constexpr RowLanes RowLanesOf(uint64_t extent, uint64_t inner, size_t element_bytes) {
  const bool across = inner > 1;
  const unsigned most = kLogOfThreads - (across ? LogOf(kSectorBytes / element_bytes) : 0);
  RowLanes lanes = {0, across};
  while (lanes.bits < most && !lanes.Keep(extent)) ++lanes.bits;
  return lanes;
}

// Which elements of a row a lane has at a time: of the part of a row that is looked at, the one at
// slot s is At(s). Vectors of kWidth lie side by side, or neighbours go to neighbouring lanes.
template <unsigned kWidth>
struct RowSlots {
  unsigned bits;  // of RowLanes
  unsigned part;
  bool in_vectors;

  constexpr unsigned At(unsigned slot) const {
    if (!in_vectors) return (slot << bits) + part;
    return ((slot / kWidth << bits) + part) * kWidth + slot % kWidth;
  }
  // How many slots, the first ones, are elements of a part with so many.
  constexpr unsigned Count(unsigned elements) const {
    const unsigned width = in_vectors ? kWidth : 1;
    const unsigned before = part * width;
    if (elements <= before) return 0;
    const unsigned slots = (elements - before + (width << bits) - 1) >> bits;
    return in_vectors ? slots / kWidth * kWidth : slots;
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_ROWS_H_
