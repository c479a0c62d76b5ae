#include "tests/accuracy/atlas/inputs.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <set>
#include <vector>

#include "tests/accuracy/atlas/peer.h"

namespace activation::atlas {
namespace {

TEST(InputsTest, TakesEveryPatternOfA16BitType) {
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    const Inputs inputs(dtype, 1 << 12);
    EXPECT_EQ(inputs.count(), 65536U);
    std::set<uint16_t> seen;
    std::vector<uint16_t> x(inputs.block_size());
    const uint16_t exponent = dtype == DType::kF16 ? 0x7c00 : 0x7f80;
    for (uint32_t block = 0; block < inputs.blocks(); ++block) {
      inputs.Fill(block, x.data());
      for (const uint16_t bits : x) {
        seen.insert(bits);
        EXPECT_EQ(inputs.IsFinite(block), (bits & exponent) != exponent);
      }
    }
    EXPECT_EQ(seen.size(), 65536U);
  }
}

TEST(InputsTest, TakesOneOfEachRange) {
  const Inputs inputs(DType::kF32, 1 << 16);
  EXPECT_EQ(inputs.count(), 65536U);
  std::vector<uint32_t> x(inputs.block_size());
  uint64_t range = 0;
  for (uint32_t block = 0; block < inputs.blocks(); ++block) {
    inputs.Fill(block, x.data());
    EXPECT_EQ(x[0], range << 16);
    for (const uint32_t bits : x) {
      EXPECT_EQ(bits >> 16, range++);
      EXPECT_EQ(inputs.IsFinite(block), std::isfinite(std::bit_cast<float>(bits)));
    }
  }
}

TEST(InputsTest, TakesEveryFloat) {
  const Inputs inputs(DType::kF32, uint64_t{1} << 32);
  EXPECT_EQ(inputs.block_size(), kMaxBlock);
  EXPECT_EQ(inputs.count(), uint64_t{1} << 32);
  std::vector<uint32_t> x(inputs.block_size());
  for (const uint32_t block : {0U, 1U, inputs.blocks() - 1}) {
    inputs.Fill(block, x.data());
    EXPECT_EQ(x.front(), block * kMaxBlock);
    EXPECT_EQ(x.back(), block * kMaxBlock + kMaxBlock - 1);
  }
}

}  // namespace
}  // namespace activation::atlas
