#include "src/backends/cuda/memory_map.h"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace activation::cuda {
namespace {

TEST(MemoryMapTest, FindsTheRangeAroundAnAddress) {
  std::array<std::byte, 100> memory{};
  MemoryMap map;
  EXPECT_EQ(map.Find(memory.data()), Memory::kPageable);
  map.Add(&memory[10], 20, Memory::kPinned);
  map.Add(&memory[30], 5, Memory::kDevice);
  EXPECT_EQ(map.Find(&memory[9]), Memory::kPageable);
  EXPECT_EQ(map.Find(&memory[10]), Memory::kPinned);
  EXPECT_EQ(map.Find(&memory[29]), Memory::kPinned);
  EXPECT_EQ(map.Find(&memory[30]), Memory::kDevice);
  EXPECT_EQ(map.Find(&memory[34]), Memory::kDevice);
  EXPECT_EQ(map.Find(&memory[35]), Memory::kPageable);
  EXPECT_EQ(map.Find(nullptr), Memory::kPageable);
}

TEST(MemoryMapTest, ARangeEndsWithItsLastRemoval) {
  std::array<std::byte, 10> memory{};
  MemoryMap map;
  map.Add(memory.data(), 5, Memory::kDevice);
  map.Add(memory.data(), 10, Memory::kDevice);
  map.Remove(memory.data());
  EXPECT_EQ(map.Find(&memory[9]), Memory::kDevice);
  map.Remove(memory.data());
  EXPECT_EQ(map.Find(memory.data()), Memory::kPageable);
  map.Remove(memory.data());
}

TEST(MemoryMapTest, HoldsAnyNumberOfRanges) {
  std::vector<std::byte> memory(1000);
  MemoryMap map;
  for (size_t i = 0; i < memory.size(); i += 2) map.Add(&memory[i], 1, Memory::kPinned);
  for (size_t i = 0; i < memory.size(); ++i) {
    ASSERT_EQ(map.Find(&memory[i]), i % 2 == 0 ? Memory::kPinned : Memory::kPageable);
  }
}

// One before it comes and goes, so that the places of all others move.
TEST(MemoryMapTest, WhoLooksWhileOthersChangeFindsWhatIsThere) {
  std::vector<std::byte> memory(501);
  MemoryMap map;
  for (size_t i = 2; i < 500; i += 2) map.Add(&memory[i], 1, Memory::kPinned);
  map.Add(&memory[500], 1, Memory::kDevice);
  std::atomic<bool> ended{false};
  std::vector<std::thread> lookers;
  for (int i = 0; i < 2; ++i) {
    lookers.emplace_back([&] {
      while (!ended) {
        ASSERT_EQ(map.Find(&memory[500]), Memory::kDevice);
        ASSERT_EQ(map.Find(&memory[499]), Memory::kPageable);
      }
    });
  }
  for (int round = 0; round < 30'000; ++round) {
    map.Add(&memory[0], 1, Memory::kPinned);
    map.Remove(&memory[0]);
  }
  ended = true;
  for (std::thread& looker : lookers) looker.join();
}

}  // namespace
}  // namespace activation::cuda
