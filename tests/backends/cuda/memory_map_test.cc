#include "src/backends/cuda/memory_map.h"

#include <array>

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

}  // namespace
}  // namespace activation::cuda
