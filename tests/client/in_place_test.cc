#include "client/src/in_place.h"

#include <gtest/gtest.h>

#include <vector>

namespace activation::client {
namespace {

class InPlaceTest : public testing::Test {
 protected:
  void SetUp() override { shared_.Add(memory_.data(), 100 * sizeof(float), "region"); }

  ConstTensor At(size_t first, int64_t count) {
    return {.dtype = DType::kF32, .shape = {count}, .data = &memory_[first]};
  }
  ForwardItem Item(size_t x, int64_t count, size_t y) {
    return {.x = At(x, count), .y = &memory_[y]};
  }
  bool Is(const std::vector<ForwardItem>& items) {
    return IsInPlace(absl::MakeConstSpan(items), shared_);
  }
  bool Is(const GradientItem& item) { return IsInPlace(absl::MakeConstSpan(&item, 1), shared_); }

  // The first hundred are shared, the rest is not.
  std::vector<float> memory_ = std::vector<float>(200);
  SharedRanges shared_;
};

TEST_F(InPlaceTest, ResultsOverInputs) {
  EXPECT_TRUE(Is({Item(0, 10, 0)}));
  EXPECT_TRUE(Is({Item(0, 10, 9)}));
  EXPECT_TRUE(Is({Item(9, 10, 0)}));
  EXPECT_FALSE(Is({Item(0, 10, 10)}));
  EXPECT_FALSE(Is({Item(10, 10, 0)}));
  EXPECT_FALSE(Is(std::vector<ForwardItem>{}));
  EXPECT_FALSE(Is({Item(0, 0, 0)})) << "nothing is written";
}

TEST_F(InPlaceTest, OfAnyItemOverThoseOfAny) {
  EXPECT_TRUE(Is({Item(0, 10, 50), Item(55, 10, 20)}));
  EXPECT_TRUE(Is({Item(55, 10, 20), Item(0, 10, 50)}));
  EXPECT_FALSE(Is({Item(0, 10, 50), Item(60, 10, 20)}));
  // One long input beside many short ones that begin after it.
  EXPECT_TRUE(Is({Item(0, 60, 150), Item(1, 1, 150), Item(2, 1, 59)}));
}

TEST_F(InPlaceTest, WhatIsSentIsNotOverwritten) {
  EXPECT_FALSE(Is({Item(100, 10, 100)}));
  EXPECT_FALSE(Is({Item(95, 10, 95)})) << "half in the region is sent, too";
}

TEST_F(InPlaceTest, ResultsAreAsLargeAsTheyAre) {
  ForwardItem gated = Item(20, 20, 5);
  EXPECT_TRUE(Is({gated}));
  gated.y_shape = {10};
  EXPECT_FALSE(Is({gated}));
}

TEST_F(InPlaceTest, WeightsAndTheGradientFromAboveAreInputs) {
  ForwardItem item = Item(0, 10, 50);
  item.weight = {.shape = {2}, .data = &memory_[58]};
  EXPECT_TRUE(Is({item}));
  item.weight.data = &memory_[60];
  EXPECT_FALSE(Is({item}));
  GradientItem gradient{.x = At(0, 10), .dy = &memory_[20], .dx = &memory_[25]};
  EXPECT_TRUE(Is(gradient));
  gradient.dy = &memory_[35];
  EXPECT_FALSE(Is(gradient));
  gradient.dy = nullptr;
  EXPECT_FALSE(Is(gradient));
}

}  // namespace
}  // namespace activation::client
