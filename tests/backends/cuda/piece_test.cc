#include "src/backends/cuda/piece.h"

#include "gtest/gtest.h"
#include "src/backends/cuda/arena.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation::cuda {
namespace {

// Addresses that are never read.
std::byte* At(size_t address) {
  return reinterpret_cast<std::byte*>(address);  // NOLINT: there is nothing to optimise
}

Evaluation Large(const char* function, Direction direction, size_t count, Layout layout = {}) {
  Evaluation evaluation = Make(*FindFunction(function), direction, DType::kF32, count);
  evaluation.layout = layout;
  evaluation.x = At(size_t{1} << 40);
  evaluation.dy = direction == Direction::kGradient ? At(size_t{2} << 40) : nullptr;
  evaluation.out = At(size_t{3} << 40);
  return evaluation;
}

size_t Offset(const void* from, const void* to) {
  return static_cast<size_t>(static_cast<const std::byte*>(to) -
                             static_cast<const std::byte*>(from));
}

// Parts follow each other without a gap, in all tensors.
void ExpectWhole(const Evaluation& whole, const std::vector<Evaluation>& parts, size_t most) {
  ASSERT_GT(parts.size(), 1U);
  size_t x = 0;
  size_t y = 0;
  size_t out = 0;
  for (const Evaluation& part : parts) {
    EXPECT_LE(ArenaBytes(part, {}), most);
    EXPECT_EQ(Offset(whole.x, part.x), x);
    EXPECT_EQ(Offset(whole.out, part.out), out);
    if (whole.dy != nullptr) {
      EXPECT_EQ(Offset(whole.dy, part.dy), y);
    } else {
      EXPECT_EQ(part.dy, nullptr);
    }
    x += XBytes(part);
    y += ResultCount(part) * SizeOf(part.dtype);
    out += OutBytes(part);
  }
  EXPECT_EQ(x, XBytes(whole));
  EXPECT_EQ(out, OutBytes(whole));
}

constexpr size_t kMost = size_t{1} << 20;

TEST(PieceTest, WhatFitsStaysWhole) {
  const Evaluation small = Large("gelu", Direction::kForward, 1000);
  const std::vector<Evaluation> parts = PartsWithin(small, {}, kMost);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].count, 1000U);
}

TEST(PieceTest, ElementsAreCutAnywhere) {
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    const Evaluation large = Large("gelu", direction, 1'000'003);
    ExpectWhole(large, PartsWithin(large, {}, kMost), kMost);
  }
}

// Long ones have a table beside their tensors.
TEST(PieceTest, LookedUpElementsAreCutSoThatTheirTablesFit) {
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    Evaluation large = Large("gelu", direction, (size_t{1} << 26) + 7);
    large.dtype = DType::kF16;
    for (const size_t most :
         {size_t{1} << 16, size_t{1} << 20, size_t{25} << 20, size_t{1} << 26}) {
      ExpectWhole(large, PartsWithin(large, {}, most), most);
    }
  }
}

TEST(PieceTest, RowsAndHalvesAreCutBetweenThem) {
  for (const char* function : {"softmax", "swiglu"}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const Evaluation large = Large(function, direction, size_t{100} * 30 * 500, {100, 30, 500});
      const std::vector<Evaluation> parts = PartsWithin(large, {}, kMost);
      ExpectWhole(large, parts, kMost);
      for (const Evaluation& part : parts) {
        EXPECT_EQ(part.count, part.layout.outer * 30 * 500);
        EXPECT_EQ(part.layout.inner, 500U);
      }
    }
  }
}

// Every tensor of a part begins anew in a shuttle, so that parts take more of it than their share.
TEST(PieceTest, PartsFitInShuttlesOfAnySize) {
  for (const size_t most : {size_t{500'000}, size_t{333'333}, kMost}) {
    for (size_t extent = 1; extent <= 400; ++extent) {
      // Many shuttles full, and just more than one.
      for (const size_t elements : {size_t{2'000'000}, most / (3 * sizeof(float))}) {
        const Layout layout = {elements / extent + 1, extent, 1};
        const Evaluation large =
            Large("softmax", Direction::kGradient, layout.outer * extent, layout);
        const std::vector<Evaluation> parts = PartsWithin(large, {}, most);
        ASSERT_GT(parts.size(), 1U);
        size_t count = 0;
        for (const Evaluation& part : parts) {
          ASSERT_LE(ArenaBytes(part, {}), most) << "rows of " << extent;
          count += part.count;
        }
        ASSERT_EQ(count, large.count);
      }
    }
  }
}

TEST(PieceTest, ChannelsStayTogetherUnlessThereIsOneWeight) {
  Evaluation large = Large("prelu", Direction::kForward, size_t{10} * 64 * 1000, {10, 64, 1000});
  large.weight = At(size_t{4} << 40);
  large.weight_count = 64;
  for (const Evaluation& part : PartsWithin(large, {}, kMost)) EXPECT_EQ(part.count % 64000, 0U);
  ExpectWhole(large, PartsWithin(large, {}, kMost), kMost);
  large.weight_count = 1;
  large.layout = {1, 64, 10'000};
  ExpectWhole(large, PartsWithin(large, {}, kMost), kMost);
}

TEST(PieceTest, WhatCannotBeCutStaysWhole) {
  const Evaluation row = Large("softmax", Direction::kForward, 1'000'000, {1, 1'000'000, 1});
  EXPECT_EQ(PartsWithin(row, {}, kMost).size(), 1U);
  Evaluation sums = Large("swish", Direction::kGradient, 1'000'000);
  double gradients[kMaxParams];
  sums.parameter_gradients = gradients;
  EXPECT_EQ(PartsWithin(sums, {}, kMost).size(), 1U);
  Evaluation weights = Large("prelu", Direction::kGradient, size_t{10} * 64 * 1000, {10, 64, 1000});
  weights.weight = At(size_t{4} << 40);
  weights.weight_count = 64;
  double by_weight[64];
  weights.weight_gradient = by_weight;
  EXPECT_EQ(PartsWithin(weights, {}, kMost).size(), 1U);
}

TEST(PieceTest, TensorsOnTheDeviceNeedNoRoomAndNoCuts) {
  const Evaluation large = Large("gelu", Direction::kForward, 1'000'000'000);
  const Residence there = {Memory::kDevice, Memory::kDevice, Memory::kDevice, Memory::kDevice};
  EXPECT_EQ(PartsWithin(large, there, kMost).size(), 1U);
  EXPECT_LE(ArenaBytes(large, there), 1024U);
}

}  // namespace
}  // namespace activation::cuda
