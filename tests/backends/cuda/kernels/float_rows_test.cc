// Who in a block has which element of which row: each element one thread.
#include "src/backends/cuda/kernels/float_rows.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/exact_rows.h"

namespace activation::cuda {
namespace {

constexpr Direction kDirections[] = {Direction::kForward, Direction::kGradient};

TEST(RowThreadTest, GivesEachPlaceOfEachRowToOneThread) {
  for (const bool across : {false, true}) {
    for (const unsigned rows : {1U, 2U, 8U}) {
      std::vector<uint8_t> visits(size_t{kRowGroups} * rows * kPlaces);
      for (unsigned thread = 0; thread < kThreads; ++thread) {
        const RowThread at = RowThread::Of(thread, across);
        for (unsigned r = 0; r < rows; ++r) ++visits.at(at.RowOf(r, rows) * kPlaces + at.place);
      }
      EXPECT_THAT(visits, ::testing::Each(1)) << across << " " << rows;
    }
  }
}

TEST(RowThreadTest, HasNeighboursWhereTensorsDo) {
  EXPECT_EQ(RowThread::Of(18, false).place, RowThread::Of(17, false).place + 1);
  EXPECT_EQ(RowThread::Of(18, false).RowOf(3, 4), RowThread::Of(17, false).RowOf(3, 4));
  EXPECT_EQ(RowThread::Of(18, true).place, RowThread::Of(17, true).place);
  EXPECT_EQ(RowThread::Of(18, true).RowOf(3, 4), RowThread::Of(17, true).RowOf(3, 4) + 1);
}

TEST(HeldOfTest, IsTheLeastPowerOfTwoThatDoes) {
  EXPECT_EQ(HeldOf(1), 1U);
  EXPECT_EQ(HeldOf(16), 1U);
  EXPECT_EQ(HeldOf(17), 2U);
  EXPECT_EQ(HeldOf(256), 16U);
  EXPECT_EQ(HeldOf(257), kMostHeld);
  EXPECT_EQ(HeldOf(uint64_t{1} << 62), kMostHeld);
}

TEST(RowsOfTileTest, AreFewerWhereMoreIsHeld) {
  EXPECT_EQ(RowsOfTile(Direction::kForward, 100, 1), kRowGroups * 4);
  EXPECT_EQ(RowsOfTile(Direction::kForward, 100, 7), kRowGroups * 2);
  EXPECT_EQ(RowsOfTile(Direction::kGradient, 100, 1), kRowGroups * 2);
  EXPECT_EQ(RowsOfTile(Direction::kGradient, 100, 7), kRowGroups);
}

TEST(RowsOfTileTest, AreThoseOfTheGroups) {
  for (const Direction direction : kDirections) {
    EXPECT_EQ(RowsOfTile(direction, 1, 1), MostRowsOfBlock(direction));
    for (const uint64_t inner : {1, 7}) {
      EXPECT_EQ(RowsOfTile(direction, kRowSumElements, inner), kRowGroups);
    }
    EXPECT_EQ(RowsOfTile(direction, kRowSumElements + 1, 1), kRowGroups / 2);
    EXPECT_EQ(RowsOfTile(direction, 2 * kRowSumElements + 1, 1), kRowGroups / 4);
    EXPECT_EQ(RowsOfTile(direction, uint64_t{1} << 40, 1), 1U);
    EXPECT_EQ(RowsOfTile(direction, uint64_t{1} << 40, 2), kRowGroups);
  }
}

TEST(JobTableTest, HasTilesForAllRows) {
  for (const Layout& layout : {Layout{5, 7, 1}, Layout{33, 128, 3}, Layout{9, 700, 1},
                               Layout{2, 5000, 3}, Layout{3, 0, 2}}) {
    Evaluation evaluation;
    evaluation.function = *FindFunction("softmax");
    evaluation.layout = layout;
    evaluation.count = layout.outer * layout.extent * layout.inner;
    const uint64_t rows = layout.extent == 0 ? 0 : layout.outer * layout.inner;
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      evaluation.tier = tier;
      uint64_t tiles = 0;
      const JobTable table(absl::MakeConstSpan(&evaluation, 1));
      for (const Group& group : table.groups()) tiles += group.tiles;
      const uint64_t together = tier == Tier::kFast
                                    ? RowsOfTile(evaluation.direction, layout.extent, layout.inner)
                                    : RowLanesOf(layout.extent, layout.inner, sizeof(float)).rows();
      EXPECT_EQ(tiles, CeilDiv(rows, together));
    }
  }
}

}  // namespace
}  // namespace activation::cuda
