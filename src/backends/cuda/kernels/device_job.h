// What a device is told: jobs as plain data, groups of those that run the same code,
// and which threads do which part of which job. All of it is read by kernels and by the
// host runner alike, so it has neither pointers to code nor to itself, and may be copied
// to any address.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_DEVICE_JOB_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_DEVICE_JOB_H_

#include <cstddef>
#include <cstdint>

#include "src/backends/sum_order.h"
#include "src/base/dtype.h"
#include "src/functions/function_info.h"

namespace activation::cuda {

inline constexpr unsigned kLanes = 32;  // of a warp
// Warps of a block whose warps have nothing to do with each other: few, so that registers are
// given out in small parts.
inline constexpr unsigned kWarps = 4;
// Threads of a block that works together.
inline constexpr unsigned kThreads = 256;

// The loads and stores of a thread, all of them in flight at a time: of this many bytes,
// so many times.
inline constexpr size_t kVectorBytes = 16;
inline constexpr size_t kVectors = 2;

// The storage that one warp does at a time.
inline constexpr size_t kTileBytes = kLanes * kVectors * kVectorBytes;

// Elements whose gradients by one weight are summed together. Such sums are exact, so
// this has no influence on them.
inline constexpr uint64_t kWeightSumElements = uint64_t{32} << 10;

// Room in scratch for what each such sum is.
inline constexpr size_t kParameterSumBytes = 256;
inline constexpr size_t kWeightSumBytes = 576;

// One evaluation (backend.h), all pointers being those of the memory where it runs.
struct DeviceJob {
  const void* x;
  const void* dy;  // nullptr: ones
  void* out;
  const void* weight;
  void* weight_gradient;
  double* parameter_gradients;
  Params params;
  uint64_t count;
  uint64_t weight_count;
  // As [outer, extent, inner] (layout.h).
  uint64_t outer;
  uint64_t extent;
  uint64_t inner;
  // Of this job, in bytes from the beginning of all scratch.
  uint64_t scratch;       // of sums
  uint64_t lookup_table;  // half_tables.h
};

// What is done, in the order in which it must be: `out` may be x itself.
enum class Work : uint8_t {
  kParameterSums,    // gradients by parameters of kSumElements elements, to scratch
  kWeightSums,       // gradients by a weight of kWeightSumElements elements, to scratch
  kLookupTables,     // the lookup table of an elementwise function, to scratch (half_tables.h)
  kLookups,          // elementwise, by lookup
  kElements,         // elementwise
  kChannels,         // per channel
  kGates,            // gated
  kRows,             // row-wise
  kParameterTotals,  // what scratch adds up to
  kWeightTotals,
};

// What decides which kernel runs.
struct Code {
  Work work;
  Direction direction;
  Tier tier;
  DType dtype;
  uint32_t place;  // of the function in its kind

  friend bool operator==(const Code&, const Code&) = default;
};

// Jobs of one code, which one launch does. Job i has tiles [first_tiles[i],
// first_tiles[i + 1]); each is done by one warp or by one block.
struct Group {
  Code code;
  uint32_t job_count;
  uint64_t tiles;
  uint64_t jobs;         // where DeviceJob[job_count] begins in the table, in bytes
  uint64_t first_tiles;  // where uint64_t[job_count + 1] does
};

// A group as those who run it see it.
struct GroupView {
  const DeviceJob* jobs;
  const uint64_t* first_tiles;
  std::byte* scratch;
  uint64_t tiles;
  uint32_t job_count;
  uint32_t blocks_ahead;  // fetch_ahead.h
};

// No block comes so many later: a launch has no more (fetch_ahead.h).
inline constexpr uint32_t kNoneAhead = 0x7fffffff;

// A group of a table that lies at `table`, with its scratch.
inline GroupView ViewOf(const Group& group, const void* table, void* scratch) {
  const auto* const bytes = static_cast<const std::byte*>(table);
  return {.jobs = reinterpret_cast<const DeviceJob*>(bytes + group.jobs),
          .first_tiles = reinterpret_cast<const uint64_t*>(bytes + group.first_tiles),
          .scratch = static_cast<std::byte*>(scratch),
          .tiles = group.tiles,
          .job_count = group.job_count,
          .blocks_ahead = kNoneAhead};
}

// The `index`-th tile of a job, where the cache is to fetch the one that comes `ahead` tiles later,
// if any.
struct Tile {
  const DeviceJob* job;
  uint64_t index;
  uint32_t ahead;
};

// Tile `tile` < group.tiles of all.
constexpr Tile FindTile(const GroupView& group, uint64_t tile) {
  uint32_t job = 0;
  // The last job whose first tile is not beyond; every job of a group has one.
  for (uint32_t beyond = group.job_count; beyond - job > 1;) {
    const uint32_t middle = job + (beyond - job) / 2;
    if (group.first_tiles[middle] <= tile) {
      job = middle;
    } else {
      beyond = middle;
    }
  }
  return {&group.jobs[job], tile - group.first_tiles[job], 0};
}

// What a thread does whose warp has a tile of its own. The last block may have fewer tiles than
// warps: then the tile is one beyond the group's.
struct WarpLane {
  uint64_t tile;
  unsigned lane;
};

constexpr WarpLane WarpLaneOf(uint64_t block, unsigned thread) {
  return {block * kWarps + thread / kLanes, thread % kLanes};
}

// Elements of a tile that one warp does.
constexpr uint64_t TileElements(DType dtype) { return kTileBytes / SizeOf(dtype); }

// a / b, rounded up.
constexpr uint64_t CeilDiv(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

// Blocks that do all tiles.
constexpr uint64_t BlocksOf(uint64_t tiles, unsigned tiles_per_block) {
  return CeilDiv(tiles, tiles_per_block);
}

// Sums of elements that a weight's gradient is made of.
constexpr uint64_t SumsOfWeight(uint64_t count, uint64_t weight_count) {
  if (weight_count == 0) return 0;
  return count < weight_count ? 1 : CeilDiv(count / weight_count, kWeightSumElements);
}

// Where a lane's elements are: of vector v of a tile `kWidth` elements, element k at
// At(v, k). They lie side by side where a vector is loaded at once, else neighbours go to
// neighbouring lanes.
template <unsigned kWidth>
struct LaneElements {
  uint64_t begin;  // of the tile
  unsigned lane;
  bool in_vectors;

  constexpr uint64_t At(unsigned v, unsigned k) const {
    const uint64_t vector = begin + uint64_t{v} * kLanes * kWidth;
    return in_vectors ? vector + uint64_t{lane} * kWidth + k : vector + uint64_t{k} * kLanes + lane;
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_DEVICE_JOB_H_
