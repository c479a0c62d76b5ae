#include "src/backends/cuda/batch_queue.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace activation::cuda {
namespace {

constexpr absl::Duration kForever = absl::Hours(1);

// Pieces are told apart by their bytes.
Pieces Of(const std::vector<size_t>& bytes) {
  Pieces pieces;
  for (const size_t of_one : bytes) pieces.emplace_back().arena_bytes = of_one;
  return pieces;
}

std::vector<size_t> TakeBytes(BatchQueue& queue) {
  std::vector<size_t> bytes;
  for (const Piece& piece : queue.Take()) bytes.push_back(piece.arena_bytes);
  return bytes;
}

using Bytes = std::vector<size_t>;

TEST(BatchQueueTest, IsDueWhenItHasEnoughJobs) {
  BatchQueue queue({.jobs = 3, .full_bytes = 1000, .capacity_bytes = 1000, .delay = kForever});
  queue.Add(Of({1}));
  queue.Add(Of({2, 3, 4}));
  EXPECT_EQ(TakeBytes(queue), Bytes({1, 2, 3}));
  queue.Add(Of({5}));
  queue.Add(Of({6}));
  EXPECT_EQ(TakeBytes(queue), Bytes({4, 5, 6}));
}

TEST(BatchQueueTest, IsDueWhenItHasEnoughBytes) {
  BatchQueue queue({.jobs = 100, .full_bytes = 50, .capacity_bytes = 100, .delay = kForever});
  queue.Add(Of({20, 20, 20}));
  EXPECT_EQ(TakeBytes(queue), Bytes({20, 20, 20}));
  queue.Add(Of({50}));
  EXPECT_EQ(TakeBytes(queue), Bytes({50}));
}

TEST(BatchQueueTest, APieceThatIsFullAloneTravelsAlone) {
  BatchQueue queue({.jobs = 100, .full_bytes = 50, .capacity_bytes = 200, .delay = kForever});
  queue.Add(Of({60, 50, 20, 49, 70, 10}));
  EXPECT_EQ(TakeBytes(queue), Bytes({60}));
  EXPECT_EQ(TakeBytes(queue), Bytes({50}));
  EXPECT_EQ(TakeBytes(queue), Bytes({70}));
  EXPECT_EQ(TakeBytes(queue), Bytes({20, 49, 10}));
}

// Small ones go on waiting for others of their kind.
TEST(BatchQueueTest, APieceThatIsFullAloneHurriesNoOther) {
  BatchQueue queue({.jobs = 100, .full_bytes = 50, .capacity_bytes = 200, .delay = kForever});
  queue.Add(Of({10, 70, 20}));
  EXPECT_EQ(TakeBytes(queue), Bytes({70}));
  queue.Add(Of({15, 5}));
  EXPECT_EQ(TakeBytes(queue), Bytes({10, 20, 15, 5}));
}

// Tensors in the device's memory, which take the same time wherever they lie.
TEST(BatchQueueTest, WhatLiesOnTheDeviceFillsABatchAsOthersDo) {
  BatchQueue queue({.jobs = 100, .full_bytes = 50, .capacity_bytes = 100, .delay = kForever});
  const auto resident = [](const std::vector<size_t>& bytes) {
    Pieces pieces = Of(Bytes(bytes.size(), 1));
    auto next = bytes.begin();
    for (Piece& piece : pieces) piece.touched.resident = *next++;
    return pieces;
  };
  queue.Add(resident({40}));
  queue.Add(resident({500}));
  EXPECT_EQ(queue.Take().front().touched.resident, 500U);
  queue.Add(resident({40, 40, 40}));
  EXPECT_EQ(queue.Take().size(), 2U);
  EXPECT_EQ(queue.Take().size(), 2U);
}

TEST(BatchQueueTest, OfWhatIsDueTheOldestGoesFirst) {
  BatchQueue queue({.jobs = 100, .full_bytes = 50, .capacity_bytes = 200, .delay = kForever});
  queue.Add(Of({30}));
  queue.Add(Of({70}));
  queue.Add(Of({30}));
  EXPECT_EQ(TakeBytes(queue), Bytes({30, 30}));
  EXPECT_EQ(TakeBytes(queue), Bytes({70}));
}

TEST(BatchQueueTest, WithoutADelayEveryPieceIsDueAtOnce) {
  BatchQueue queue({.delay = absl::ZeroDuration()});
  queue.Add(Of({1}));
  EXPECT_EQ(TakeBytes(queue), Bytes({1}));
}

TEST(BatchQueueTest, TheDelayEnds) {
  BatchQueue queue({.delay = absl::Milliseconds(1)});
  queue.Add(Of({1}));
  EXPECT_EQ(TakeBytes(queue), Bytes({1}));
}

TEST(BatchQueueTest, WhatWaitsWhenItClosesIsTakenThenNothing) {
  BatchQueue queue({.delay = kForever});
  queue.Add(Of({1, 2}));
  queue.Close();
  EXPECT_EQ(TakeBytes(queue), Bytes({1, 2}));
  EXPECT_TRUE(queue.Take().empty());
  EXPECT_TRUE(queue.Take().empty());
}

TEST(BatchQueueTest, EveryPieceIsTakenOnceByOneOfSeveral) {
  for (const absl::Duration delay : {absl::ZeroDuration(), absl::Microseconds(20)}) {
    BatchQueue queue({.jobs = 7, .delay = delay});
    std::atomic<size_t> sum{0};
    std::vector<std::thread> shuttles;
    for (int i = 0; i < 3; ++i) {
      shuttles.emplace_back([&] {
        for (Bytes batch = TakeBytes(queue); !batch.empty(); batch = TakeBytes(queue)) {
          EXPECT_LE(batch.size(), 7U);
          for (const size_t bytes : batch) sum += bytes;
        }
      });
    }
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i) {
      callers.emplace_back([&queue] {
        for (size_t n = 1; n <= 1000; ++n) queue.Add(Of({n}));
      });
    }
    for (std::thread& caller : callers) caller.join();
    queue.Close();
    for (std::thread& shuttle : shuttles) shuttle.join();
    EXPECT_EQ(sum, 3 * 1000 * 1001 / 2U);
  }
}

}  // namespace
}  // namespace activation::cuda
