#include "client/cli/check/walk.h"

#include <algorithm>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli::check {
namespace {

using ::testing::ElementsAre;

// Of a tensor of `all` elements.
std::vector<size_t> Blocks(const Walk& walk, size_t all, size_t most) {
  std::vector<size_t> blocks;
  for (size_t done = 0; done < all; done += blocks.back()) {
    blocks.push_back(std::min(walk.CountFrom(done, most), all - done));
  }
  return blocks;
}

// [2, 4, 3] along its axis 1.
constexpr Layout kLayout{2, 4, 3};

TEST(WalkTest, AFunctionOfOneNumberIsCutAnywhere) {
  EXPECT_THAT(Blocks(Walk(), 24, 10), ElementsAre(10, 10, 4));
}

TEST(WalkTest, WhatDependsOnASlabIsReadWithIt) {
  for (const Kind kind : {Kind::kRowWise, Kind::kGated}) {
    const Walk walk(kind, false, kLayout, 0);
    EXPECT_THAT(Blocks(walk, 24, 100), ElementsAre(24));
    EXPECT_THAT(Blocks(walk, 24, 23), ElementsAre(12, 12));
    EXPECT_THAT(Blocks(walk, 24, 1), ElementsAre(12, 12));
  }
}

TEST(WalkTest, ChannelsNeverNeedMoreThanIsAskedFor) {
  const Walk walk(Kind::kPerChannel, false, kLayout, 4);
  EXPECT_THAT(Blocks(walk, 24, 100), ElementsAre(24));
  EXPECT_THAT(Blocks(walk, 24, 23), ElementsAre(12, 12));
  EXPECT_THAT(Blocks(walk, 24, 11), ElementsAre(9, 3, 9, 3));
  EXPECT_THAT(Blocks(walk, 24, 3), ElementsAre(3, 3, 3, 3, 3, 3, 3, 3));
  EXPECT_THAT(Blocks(Walk(Kind::kPerChannel, false, {1, 2, 5}, 2), 10, 3), ElementsAre(3, 2, 3, 2));
}

TEST(WalkTest, ABlockIsWalkedByWhatItHas) {
  const Walk walk(Kind::kPerChannel, false, kLayout, 4);
  const auto layout = [&](size_t count) {
    const Layout of = walk.LayoutOf(count);
    return std::vector<size_t>{of.outer, of.extent, of.inner};
  };
  EXPECT_THAT(layout(24), ElementsAre(2, 4, 3));
  EXPECT_THAT(layout(9), ElementsAre(1, 3, 3));
  EXPECT_THAT(layout(2), ElementsAre(1, 1, 2));
  EXPECT_THAT(layout(0), ElementsAre(0, 4, 3));
}

TEST(WalkTest, AChannelIsKnownByWhereItsBlockBegan) {
  const Walk walk(Kind::kPerChannel, false, kLayout, 4);
  EXPECT_EQ(walk.At(0, 11).weight, 3u);
  EXPECT_EQ(walk.At(9, 0).weight, 3u);
  EXPECT_EQ(walk.At(12, 4).weight, 1u);
  EXPECT_EQ(walk.At(9, 2).x, 2u);
  EXPECT_EQ(Walk(Kind::kPerChannel, false, kLayout, 1).At(9, 2).weight, 0u);
  EXPECT_EQ(Walk().At(9, 2).weight, Walk::kNone);
}

}  // namespace
}  // namespace activation::cli::check
