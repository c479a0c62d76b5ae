// How a batch lies in a shuttle's memory, of which there is one block on the host, pinned,
// and one as large on the device, laid out the same:
//
//   [ results | inputs | job table | scratch ]
//
// So one copy takes all inputs and the table in, and one brings all results back,
// however many tensors there are. A tensor in pinned memory has its place on the device
// and is copied by itself; one in the device's memory has none and is used where it lies.
// Pure.
// In the way of a request: Shuttle lays a batch out, fills it, runs it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_ARENA_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_ARENA_H_

#include <cstddef>
#include <vector>

#include "src/backends/cuda/piece.h"

namespace activation::cuda {

// Every place begins on a multiple of this: what the device reads and copies fastest.
inline constexpr size_t kArenaAlignment = 256;

constexpr size_t RoundToArena(size_t bytes) {
  return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment;
}

// Bytes of tensors.
size_t XBytes(const Evaluation& evaluation);
size_t DyBytes(const Evaluation& evaluation);  // 0 where there is none
size_t WeightBytes(const Evaluation& evaluation);
size_t OutBytes(const Evaluation& evaluation);
// Of the doubles that hold the gradients by parameters and by weights; 0 where nobody asks.
size_t ParameterGradientBytes(const Evaluation& evaluation);
size_t WeightGradientBytes(const Evaluation& evaluation);

// Whether gradients that are sums over all of the tensor are asked for.
bool WantsSums(const Evaluation& evaluation);

// At most what the piece adds to an arena, its share of the table included.
size_t ArenaBytes(const Evaluation& evaluation, const Residence& residence);

// Where one piece's tensors begin; kNowhere of those that are not in the arena.
struct Places {
  static constexpr size_t kNowhere = static_cast<size_t>(-1);
  size_t x = kNowhere;
  size_t dy = kNowhere;
  size_t weight = kNowhere;
  size_t out = kNowhere;
  size_t parameter_gradients = kNowhere;
  size_t weight_gradient = kNowhere;
};

struct ArenaLayout {
  std::vector<Places> places;  // in the order of pieces
  size_t inputs = 0;           // where they begin; results begin at 0
  size_t table = 0;            // where it begins; scratch is behind it
};

ArenaLayout LayOut(const Pieces& batch);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_ARENA_H_
