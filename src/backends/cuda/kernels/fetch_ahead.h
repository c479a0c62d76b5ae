// What kernels have the device's cache fetch from memory before those begin that read it: memory is
// then asked for enough at a time although who computes asks for nothing
// (docs/performance_gpu.md, "Bytes in flight"). Plain C++, for kernels and the host alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_FETCH_AHEAD_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_FETCH_AHEAD_H_

#include <cstddef>
#include <cstdint>

#include "src/backends/cuda/kernels/device_job.h"

namespace activation::cuda {

// What one instruction fetches: the line of an address (PTX, "prefetch"), as large as on every
// architecture so far.
inline constexpr uint64_t kLineBytes = 128;
// What the threads of a block fetch with one each.
inline constexpr uint64_t kBlockLineBytes = kThreads * kLineBytes;

// A kernel as it runs on a device.
struct Residency {
  uint64_t multiprocessors;
  uint64_t cache_bytes;  // that all of them share
  uint64_t blocks;       // on a multiprocessor at a time
  uint64_t block_reads;  // bytes, none where nothing is to be fetched
  bool in_phases;        // whether threads wait for each other between loads
};

// How many blocks later those are whose tiles are to be fetched: as many as there are at a time, so
// that a tile is fetched by the one whose place it will take. kNoneAhead where it is of no use:
// where nothing comes later, where it would fill half of the cache, and where 64 KiB are asked for
// at a time on a multiprocessor, with which what memory binds was near a copy on an H200.
constexpr uint32_t BlocksAhead(const Residency& of, uint64_t blocks) {
  constexpr uint64_t kEnoughBytes = 64 << 10;
  const uint64_t at_a_time = of.multiprocessors * of.blocks;
  if (of.block_reads == 0 || blocks <= at_a_time) return kNoneAhead;
  if (at_a_time * of.block_reads > of.cache_bytes / 2) return kNoneAhead;
  if (!of.in_phases && of.blocks * of.block_reads >= kEnoughBytes) return kNoneAhead;
  return static_cast<uint32_t>(at_a_time);
}

// The same in tiles for one block of a group of one job; none where the block there is not whole.
constexpr uint32_t TilesAhead(const GroupView& group, uint32_t block, uint32_t blocks,
                              uint32_t tiles_per_block) {
  return block + group.blocks_ahead < blocks - 1 ? group.blocks_ahead * tiles_per_block : 0;
}

struct ByteRange {
  uint64_t begin;
  uint64_t end;  // as begin for none
};

// The tile of a warp, of a tensor of `count` elements, that begins `ahead` elements after `first`:
// none that is not whole.
constexpr ByteRange TileAhead(uint64_t first, uint64_t ahead, uint64_t count,
                              size_t element_bytes) {
  const uint64_t begin = (first + ahead) * element_bytes;
  if (begin + kTileBytes > count * element_bytes) return {0, 0};
  return {begin, begin + kTileBytes};
}

// How far that is in x of a gated function, a run of a, one of b, and so on, for so many elements
// of y: exact but for what is near the end of a run.
constexpr uint64_t AheadInHalves(uint64_t ahead, uint64_t run) {
  return ahead < run ? ahead : 2 * ahead;
}

// Tile `tile` of a tensor of `rows` rows, one after the other, of which a tile has `rows_of_tile`:
// none of rows so long that they are read more than once.
constexpr ByteRange RowsAhead(uint64_t tile, uint64_t rows_of_tile, uint64_t rows,
                              uint64_t row_bytes) {
  const uint64_t first = tile * rows_of_tile;
  if (first >= rows || rows_of_tile * row_bytes > kBlockLineBytes) return {0, 0};
  const uint64_t left = rows - first;
  const uint64_t taken = left < rows_of_tile ? left : rows_of_tile;
  return {first * row_bytes, (first + taken) * row_bytes};
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_FETCH_AHEAD_H_
