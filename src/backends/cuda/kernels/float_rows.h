// Who in a block takes which elements of which rows, of rows of floats in the FAST tier. Their sums
// have places (sum_order.h), so a row is that of a group of as many threads, each of which holds
// what has its place in registers. Plain C++, for kernels and the host alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_FLOAT_ROWS_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_FLOAT_ROWS_H_

#include <cstdint>

#include "src/backends/cuda/kernels/device_job.h"

namespace activation::cuda {

// Threads of a group, and groups of a block.
inline constexpr unsigned kPlaces = kRowSumPlaces;
inline constexpr unsigned kRowGroups = kThreads / kPlaces;
// The most elements of a row that a thread holds at a time: its place of one sum.
inline constexpr unsigned kMostHeld = kRowSumElements / kPlaces;

// How many elements a thread has room for, of each of its rows of `extent`: a power of two, by
// which registers are counted.
constexpr unsigned HeldOf(uint64_t extent) {
  unsigned held = 1;
  while (held < kMostHeld && uint64_t{held} * kPlaces < extent) held *= 2;
  return held;
}

// Rows that a group takes at a time, so that enough loads are in flight and what is held has room
// in registers: gradients hold two tensors, and where rows lie across elements take more to be
// found.
constexpr unsigned RowsOfGroup(Direction direction, bool across, unsigned held) {
  const bool is_forward = direction == Direction::kForward;
  const unsigned most = is_forward ? 8 : 4;
  const unsigned room = kMostHeld / (is_forward ? 1 : 2) / (across ? 2 : 1);
  if (held >= room) return 1;
  return most < room / held ? most : room / held;
}

// Elements of a row that a thread holds at a time where longer rows come in parts that end within
// sums: where rows lie across, and where elements begin anywhere.
inline constexpr unsigned kHeldAcross = kMostHeld / 2;
inline constexpr unsigned kHeldAnyhow = 4;

inline constexpr unsigned MostRowsOfBlock(Direction direction) {
  return kRowGroups * RowsOfGroup(direction, false, 1);
}

// Groups that share a row are two to this power: each takes other sums of it. Of rows that lie
// across, neighbours are taken side by side instead.
constexpr unsigned LogGroupsOfRow(uint64_t extent, uint64_t inner) {
  unsigned log = 0;
  while (inner == 1 && kRowGroups >> log > 1 && kRowSumElements << log < extent) ++log;
  return log;
}

// Rows that are a tile: those that a block takes at a time.
constexpr uint64_t RowsOfTile(Direction direction, uint64_t extent, uint64_t inner) {
  const unsigned log_groups = LogGroupsOfRow(extent, inner);
  if (log_groups > 0) return kRowGroups >> log_groups;
  return uint64_t{kRowGroups} * RowsOfGroup(direction, inner > 1, HeldOf(extent));
}

// What a thread is in its group, and its group in the block. A row's elements, or where rows lie
// across, those of neighbouring rows, are neighbouring threads'.
struct RowThread {
  unsigned group;
  unsigned place;
  bool across;

  static constexpr RowThread Of(unsigned thread, bool across) {
    if (across) return {thread % kRowGroups, thread / kRowGroups, true};
    return {thread / kPlaces, thread % kPlaces, false};
  }

  // Which row of the block is the r-th of `rows` of the group.
  constexpr unsigned RowOf(unsigned r, unsigned rows) const {
    return across ? r * kRowGroups + group : group * rows + r;
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_FLOAT_ROWS_H_
