#include "server/wire/buffer_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "tests/base/no_memory_here.h"

namespace activation::wire {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

TEST(BufferPoolTest, GivesTheSameMemoryAgainForNearlyTheSameSize) {
  BufferPool pool(16 * kMiB);
  const uint8_t* const first = pool.Take(4 * kMiB).data();
  EXPECT_EQ(pool.held_bytes(), 4 * kMiB);
  EXPECT_EQ(pool.Take(4 * kMiB - 1000).data(), first);
  // Much less than it holds would waste it.
  const PooledBuffer small = pool.Take(kMiB);
  EXPECT_EQ(pool.held_bytes(), 4 * kMiB);
}

TEST(BufferPoolTest, HoldsAtMostItsCapAndDropsTheOldest) {
  BufferPool pool(8 * kMiB);
  {
    const PooledBuffer a = pool.Take(3 * kMiB);
    const PooledBuffer b = pool.Take(4 * kMiB);
  }
  EXPECT_EQ(pool.held_bytes(), 7 * kMiB);
  pool.Take(2 * kMiB);
  // b went back first, before a.
  EXPECT_EQ(pool.held_bytes(), 5 * kMiB);
  pool.Take(9 * kMiB);
  EXPECT_EQ(pool.held_bytes(), 5 * kMiB);
}

TEST(BufferPoolTest, DropsWhatNobodyTookBetweenTwoCalls) {
  BufferPool pool(16 * kMiB);
  {
    const PooledBuffer a = pool.Take(3 * kMiB);
    const PooledBuffer b = pool.Take(4 * kMiB);
  }
  pool.DropUnused();
  EXPECT_EQ(pool.held_bytes(), 7 * kMiB);
  pool.Take(4 * kMiB);
  pool.DropUnused();
  EXPECT_EQ(pool.held_bytes(), 4 * kMiB);
  pool.DropUnused();
  EXPECT_EQ(pool.held_bytes(), 0u);
}

// Destructors give buffers back, where nothing may be thrown.
TEST(BufferPoolTest, TakesBackAndDropsWithoutMemory) {
  BufferPool pool(8 * kMiB);
  std::optional<PooledBuffer> a = pool.Take(3 * kMiB), b = pool.Take(4 * kMiB),
                              c = pool.Take(6 * kMiB);
  {
    const NoMemoryHere none;
    a.reset();
    b.reset();
    c.reset();
    EXPECT_EQ(pool.held_bytes(), 6 * kMiB);
    pool.DropUnused();
    pool.DropUnused();
    EXPECT_FALSE(NoMemoryHere::refused());
  }
  EXPECT_EQ(pool.held_bytes(), 0u);
}

TEST(BufferPoolTest, HoldsAsManyAsFitWithoutMemory) {
  BufferPool pool(kMiB);
  // None is smaller than a sixteenth of that, be it asked for nothing.
  std::optional<PooledBuffer> taken[20];
  for (std::optional<PooledBuffer>& each : taken) each = pool.Take(0);
  {
    const NoMemoryHere none;
    for (std::optional<PooledBuffer>& each : taken) each.reset();
    EXPECT_FALSE(NoMemoryHere::refused());
  }
  EXPECT_EQ(pool.held_bytes(), kMiB);
}

TEST(BufferPoolTest, ASliceGivesItsMemoryBackWhenNobodyHoldsIt) {
  BufferPool pool(8 * kMiB);
  PooledBuffer buffer = pool.Take(kMiB);
  const uint8_t* const memory = buffer.data();
  std::optional<grpc::Slice> slice = PooledBuffer::ToSlice(std::move(buffer), 1000);
  EXPECT_EQ(slice->begin(), memory);
  EXPECT_EQ(slice->size(), 1000u);
  std::optional<grpc::Slice> copy = slice;
  slice.reset();
  EXPECT_EQ(pool.held_bytes(), 0u);
  copy.reset();
  EXPECT_EQ(pool.held_bytes(), kMiB);
}

}  // namespace
}  // namespace activation::wire
