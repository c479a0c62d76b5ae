// Which element of a tile of rows is whose: each element once.
#include "src/backends/cuda/float_rows.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/exact_rows.h"
#include "src/backends/cuda/job_table.h"

namespace activation::cuda {
namespace {

// How often each element of a part is some thread's, by where it is kept; and each place in the
// rows is one kept element's.
std::vector<uint8_t> Visits(const RowsPart& part, bool across) {
  std::vector<uint8_t> visits(part.elements());
  for (unsigned thread = 0; thread < kThreads; ++thread) {
    RowsWalk walk(part, thread, across);
    for (unsigned k = 0; k < kFloatsOfThread; ++k, walk.Advance()) {
      const unsigned element = thread + k * kThreads;
      if (element >= part.elements()) continue;
      const unsigned run = across ? part.rows : part.length;
      EXPECT_EQ(across ? walk.row() : walk.i(), element % run);
      EXPECT_EQ(walk.kept(), walk.row() * part.length + walk.i());
      ++visits.at(walk.kept());
    }
  }
  return visits;
}

TEST(RowsWalkTest, GivesEachElementToOneThread) {
  for (const unsigned extent : {1U, 2U, 7U, 16U, 127U, 128U, 129U, 255U, 256U, 257U, 700U, 2048U}) {
    const auto most = static_cast<unsigned>(RowsOfTile(extent));
    EXPECT_LE(extent * most, kKeptFloats);
    for (unsigned rows = 1; rows <= most; ++rows) {
      const RowsPart part = {0, extent, rows};
      EXPECT_LE(part.sums() * rows, kSumsOfBlock);
      for (const bool across : {false, true}) {
        EXPECT_THAT(Visits(part, across), ::testing::Each(1)) << extent << " " << rows;
      }
    }
  }
  EXPECT_THAT(Visits({4096, 100, 1}, true), ::testing::Each(1));
}

TEST(RowsOfTileTest, IsOneOfLongRows) {
  EXPECT_EQ(RowsOfTile(1), kRowsOfBlock);
  EXPECT_EQ(RowsOfTile(kKeptFloats), 1U);
  EXPECT_EQ(RowsOfTile(kKeptFloats + 1), 1U);
  EXPECT_EQ(RowsOfTile(uint64_t{1} << 62), 1U);
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
                                    ? RowsOfTile(layout.extent)
                                    : RowLanesOf(layout.extent, layout.inner, sizeof(float)).rows();
      EXPECT_EQ(tiles, PartsOf(rows, together));
    }
  }
}

}  // namespace
}  // namespace activation::cuda
