// Which elements of which rows a block takes at a time, of rows of floats in the FAST tier. Plain
// C++, for kernels and the host alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_FLOAT_ROWS_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_FLOAT_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "src/backends/cuda/device_job.h"

namespace activation::cuda {

// Elements that a block keeps, and those of each thread.
inline constexpr unsigned kKeptFloats = 2048;
inline constexpr unsigned kFloatsOfThread = kKeptFloats / kThreads;
static_assert(kKeptFloats % kRowSumElements == 0);

// The most rows that a block takes at a time, and the most sums of kRowSumElements elements.
inline constexpr unsigned kRowsOfBlock = 16;
inline constexpr unsigned kSumsOfBlock = kRowsOfBlock;

// Rows of `extent` elements that are a tile: as many as are kept together, or one.
constexpr uint64_t RowsOfTile(uint64_t extent) {
  if (extent <= kKeptFloats / kRowsOfBlock) return kRowsOfBlock;
  return extent < kKeptFloats ? kKeptFloats / extent : 1;
}

// Elements [begin, begin + length) of each of so many rows: what a block has at a time.
struct RowsPart {
  uint64_t begin;
  unsigned length;
  unsigned rows;

  constexpr unsigned elements() const { return length * rows; }
  // Sums of each row.
  constexpr unsigned sums() const {
    return static_cast<unsigned>(PartsOf(length, kRowSumElements));
  }
};

// Elements thread, thread + kThreads, ... of a part. Neighbours lie in one row or, where `across`,
// in neighbouring rows.
class RowsWalk {
 public:
  constexpr RowsWalk(const RowsPart& part, unsigned thread, bool across)
      : length_(part.length),
        run_(across ? part.rows : part.length),
        whole_(thread / run_),
        rest_(thread % run_),
        step_(kThreads / run_),
        step_rest_(kThreads % run_),
        across_(across) {}

  constexpr unsigned row() const { return across_ ? rest_ : whole_; }
  // In the row, from the part's beginning.
  constexpr unsigned i() const { return across_ ? whole_ : rest_; }
  // Where it is kept.
  constexpr unsigned kept() const { return row() * length_ + i(); }

  constexpr void Advance() {
    whole_ += step_;
    rest_ += step_rest_;
    if (rest_ < run_) return;
    rest_ -= run_;
    ++whole_;
  }

 private:
  unsigned length_;
  unsigned run_;
  unsigned whole_;
  unsigned rest_;
  unsigned step_;
  unsigned step_rest_;
  bool across_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_FLOAT_ROWS_H_
