// A piece of a run: an evaluation, or a part of a large one, that travels to a device and
// back in one go. It is whole in itself, so where a device fails it can be computed anywhere.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_PIECE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_PIECE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <vector>

#include "src/backends/backend.h"
#include "src/backends/cuda/memory_map.h"
#include "src/backends/pending_run.h"

namespace activation::cuda {

// Where the tensors of an evaluation lie. Gradients by parameters and weights are
// always in pageable memory.
struct Residence {
  Memory x = Memory::kPageable;
  Memory dy = Memory::kPageable;
  Memory weight = Memory::kPageable;
  Memory out = Memory::kPageable;

  bool AnyOnDevice() const {
    return x == Memory::kDevice || dy == Memory::kDevice || weight == Memory::kDevice ||
           out == Memory::kDevice;
  }
};

// Pinned tensors below this are treated as pageable: a copy of their own, some microseconds, takes
// the device longer than the host's of so few bytes into a batch's.
inline constexpr size_t kLeastPinnedBytes = size_t{64} << 10;

Residence FindResidence(const MemoryMap& map, const Evaluation& evaluation);

// Bytes of tensors that a device reads and writes.
struct TouchedBytes {
  size_t staged = 0;     // of pageable memory of the host, either way
  size_t pinned_in = 0;  // of pinned memory of the host, from there and to there
  size_t pinned_out = 0;
  size_t resident = 0;  // of its own memory

  size_t copied() const { return staged + pinned_in + pinned_out; }
  size_t all() const { return copied() + resident; }

  TouchedBytes& operator+=(const TouchedBytes& more) {
    staged += more.staged;
    pinned_in += more.pinned_in;
    pinned_out += more.pinned_out;
    resident += more.resident;
    return *this;
  }
};

TouchedBytes BytesTouched(const Evaluation& evaluation, const Residence& residence);

struct Piece {
  Evaluation evaluation;
  Residence residence;
  size_t arena_bytes = 0;  // that it takes of a shuttle's memory (arena.h)
  TouchedBytes touched;
  std::shared_ptr<PendingRun> run;
  std::chrono::steady_clock::time_point queued;

  // By which it fills a batch: a tensor in the device's memory takes no room and yet time.
  size_t bytes() const { return std::max(arena_bytes, touched.all()); }
};

// That wait or travel together. A list, so that they are handed on without more memory, which there
// might not be.
using Pieces = std::list<Piece>;

// The evaluation in parts that each take at most `most` bytes of a shuttle's memory, in
// order; results do not depend on where it is cut. One whose parts cannot be had alone
// (a sum over all of it, a row larger than that) stays whole whatever it takes.
std::vector<Evaluation> PartsWithin(const Evaluation& evaluation, const Residence& residence,
                                    size_t most);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_PIECE_H_
