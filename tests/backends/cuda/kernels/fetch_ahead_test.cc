#include "src/backends/cuda/kernels/fetch_ahead.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

#include "gtest/gtest.h"

namespace activation::cuda {
namespace {

// An H200 with kernels that have as many warps as registers leave.
constexpr uint64_t kBlockReads = kWarps * kTileBytes;
constexpr Residency kOfDoubles = {132, 50 << 20, 8, kBlockReads, false};
constexpr uint64_t kMany = 1 << 20;

TEST(FetchAheadTest, ABlockFetchesWhatTheOneReadsThatTakesItsPlace) {
  EXPECT_EQ(BlocksAhead(kOfDoubles, kMany), 132U * 8);
}

TEST(FetchAheadTest, NothingIsFetchedToNoPurpose) {
  EXPECT_EQ(BlocksAhead(kOfDoubles, 132 * 8), kNoneAhead);
  EXPECT_EQ(BlocksAhead(kOfDoubles, 132 * 8 + 1), 132U * 8);
  Residency nothing = kOfDoubles;
  nothing.block_reads = 0;
  EXPECT_EQ(BlocksAhead(nothing, kMany), kNoneAhead);
  // 64 KiB in flight do without, unless threads wait for each other.
  Residency many = kOfDoubles;
  many.blocks = 16;
  EXPECT_EQ(BlocksAhead(many, kMany), kNoneAhead);
  many.in_phases = true;
  EXPECT_EQ(BlocksAhead(many, kMany), 132U * 16);
  Residency small_cache = kOfDoubles;
  small_cache.cache_bytes = 2 * 132 * 8 * kBlockReads;
  EXPECT_EQ(BlocksAhead(small_cache, kMany), 132U * 8);
  --small_cache.cache_bytes;
  EXPECT_EQ(BlocksAhead(small_cache, kMany), kNoneAhead);
}

// Every block but the first ones and the last, which may not be whole.
TEST(FetchAheadTest, BlocksAreFetchedOnce) {
  GroupView group = {};
  for (const uint32_t blocks : {1U, 2U, 6U, 7U, 100U, 0x7fffffffU}) {
    for (const uint32_t ahead : {uint32_t{5}, kNoneAhead}) {
      group.blocks_ahead = ahead;
      const uint32_t fetching = blocks > ahead + 1 ? blocks - 1 - ahead : 0;
      for (const uint32_t block : {0U, 1U, fetching - 1, fetching, blocks - 1}) {
        if (block >= blocks) continue;
        EXPECT_EQ(TilesAhead(group, block, blocks, kWarps), block < fetching ? ahead * kWarps : 0)
            << block << " of " << blocks;
      }
    }
  }
}

// Each line of a tile is asked for by the lane that has its first vector.
TEST(FetchAheadTest, ATilesLinesAreThoseOfSomeVectors) {
  std::set<uint64_t> lines;
  for (unsigned lane = 0; lane < kLanes; lane += kLineBytes / kVectorBytes) {
    for (unsigned v = 0; v < kVectors; ++v) {
      const LaneElements<4> elements = {0, lane, true};
      const uint64_t byte = elements.At(v, 0) * sizeof(float);
      EXPECT_EQ(byte % kLineBytes, 0U);
      lines.insert(byte / kLineBytes);
    }
  }
  EXPECT_EQ(lines.size(), kTileBytes / kLineBytes);
}

// Every whole tile but the first ones, and nothing beyond the end.
TEST(FetchAheadTest, TilesAreFetchedOnce) {
  constexpr uint64_t kTile = kTileBytes / 4;
  constexpr uint64_t kAhead = 5;
  for (const uint64_t tiles : {1, 4, 5, 6, 23}) {
    for (const uint64_t rest : {0, 1, 255}) {
      const uint64_t count = tiles * kTile + rest;
      uint64_t next = kAhead * kTileBytes;
      for (uint64_t tile = 0; tile < tiles; ++tile) {
        const ByteRange range = TileAhead(tile * kTile, kAhead * kTile, count, 4);
        if (range.begin == range.end) continue;
        ASSERT_EQ(range.begin, next);
        ASSERT_EQ(range.end, next + kTileBytes);
        next = range.end;
      }
      EXPECT_EQ(next, std::max(kAhead, tiles) * kTileBytes);
    }
  }
}

// Both halves of x, of which runs are as long as a tile, longer, and longer than what is ahead:
// what is read is fetched once, but for the first tiles and the end of a run.
TEST(FetchAheadTest, HalvesAreFetchedOnce) {
  constexpr uint64_t kTile = kTileBytes / 4;
  constexpr uint64_t kAhead = 8 * kTile;
  constexpr uint64_t kCount = 64 * kTile;  // of y
  for (const uint64_t run : {kTile, 4 * kTile, 64 * kTile}) {
    std::map<uint64_t, int> fetched;
    for (uint64_t begin = 0; begin < kCount; begin += kTile) {
      const uint64_t a = begin + begin / run * run;
      for (const uint64_t first : {a, a + run}) {
        const ByteRange range = TileAhead(first, AheadInHalves(kAhead, run), 2 * kCount, 4);
        ASSERT_LE(range.end, 2 * kCount * 4);
        if (range.begin != range.end) ++fetched[range.begin / kTileBytes];
      }
    }
    // All but the first tiles, some of them at the end of a's only run twice.
    EXPECT_EQ(fetched.size(), run < kAhead ? 2 * (64 - 8) : 2 * 64 - 8) << run;
    if (run < kAhead) {
      for (const auto& [tile, times] : fetched) EXPECT_EQ(times, 1) << tile;
    }
  }
}

TEST(FetchAheadTest, RowsAreFetchedOnce) {
  for (const uint64_t rows_of_tile : {1, 2, 16, 128}) {
    for (const uint64_t row_bytes : {1, 4, 250, 256}) {
      for (const uint64_t rest : {uint64_t{0}, rows_of_tile / 2}) {
        const uint64_t rows = 7 * rows_of_tile + rest;
        uint64_t next = 0;
        for (uint64_t tile = 0; tile < 10; ++tile) {
          const ByteRange range = RowsAhead(tile, rows_of_tile, rows, row_bytes);
          if (range.begin == range.end) continue;
          ASSERT_EQ(range.begin, next);
          next = range.end;
        }
        EXPECT_EQ(next, rows * row_bytes);
      }
    }
  }
}

TEST(FetchAheadTest, NoTileOfRowsIsFetchedThatABlockDoesNotHold) {
  EXPECT_EQ(RowsAhead(3, 1, 100, 32 << 10).end, 4U * (32 << 10));
  EXPECT_EQ(RowsAhead(3, 1, 100, (32 << 10) + 4).end, 0U);
  EXPECT_EQ(RowsAhead(3, 128, 1000, 257).end, 0U);
}

}  // namespace
}  // namespace activation::cuda
