#include "server/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace activation {
namespace {

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(_GLIBCXX_TSAN)

size_t ResidentBytes() {
  size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

TEST(MemoryTest, WhatWasFreedBetweenBlocksInUseGoesBack) {
  KeepFreedMemory();
  constexpr size_t kBlocks = 64, kBlockBytes = size_t{1} << 20;
  std::vector<std::unique_ptr<char[]>> large, small;
  for (size_t i = 0; i < kBlocks; ++i) {
    large.emplace_back(new char[kBlockBytes]);
    memset(large.back().get(), 1, kBlockBytes);
    // Between two large ones, so that the heap cannot shrink from its end; too large for a
    // hole that is left somewhere else.
    small.emplace_back(new char[kBlockBytes / 16]);
  }
  large.clear();
  const size_t kept = ResidentBytes();
  GiveBackUnusedMemory();
  EXPECT_LT(ResidentBytes() + kBlocks * kBlockBytes / 2, kept);
}

#endif

}  // namespace
}  // namespace activation
