// The table of jobs, and which thread does what: on the host, for mixes of lengths that are
// as awkward as can be.
#include "src/backends/cuda/job_table.h"

#include <cstring>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/kernels/channel_walk.h"
#include "src/backends/cuda/kernels/half_tables.h"

namespace activation::cuda {
namespace {

Evaluation Of(size_t count, DType dtype = DType::kF32) {
  Evaluation evaluation;
  evaluation.dtype = dtype;
  evaluation.count = count;
  return evaluation;
}

// How often each element of each job of a group is some thread's, of all the blocks of its launch.
std::vector<std::vector<uint8_t>> Visits(const JobTable& table, const Group& group,
                                         bool in_vectors) {
  const GroupView view = ViewOf(group, table.bytes().data(), nullptr);
  std::vector<std::vector<uint8_t>> visits;
  for (uint32_t i = 0; i < view.job_count; ++i) visits.emplace_back(view.jobs[i].count);
  constexpr unsigned kWidth = kVectorBytes / sizeof(float);
  const auto visit = [&](uint64_t block, unsigned thread) {
    const WarpLane part = WarpLaneOf(block, thread);
    if (part.tile >= view.tiles) return;
    const Tile found = FindTile(view, part.tile);
    std::vector<uint8_t>& of_job = visits[static_cast<size_t>(found.job - view.jobs)];
    const LaneElements<kWidth> elements = {found.index * TileElements(group.code.dtype), part.lane,
                                           in_vectors};
    for (unsigned v = 0; v < kVectors; ++v) {
      for (unsigned k = 0; k < kWidth; ++k) {
        const uint64_t i = elements.At(v, k);
        if (i < of_job.size()) ++of_job[i];
      }
    }
  };
  for (uint64_t block = 0; block < BlocksOf(view.tiles, kWarps); ++block) {
    for (unsigned thread = 0; thread < kWarps * kLanes; ++thread) visit(block, thread);
  }
  return visits;
}

// Every element once, no tile that has none, and no block without a tile.
void ExpectEachOnce(const std::vector<size_t>& counts) {
  std::vector<Evaluation> evaluations;
  for (const size_t count : counts) evaluations.push_back(Of(count));
  const JobTable table(evaluations);
  ASSERT_EQ(table.groups().size(), 1U);
  const Group& group = table.groups()[0];
  uint64_t tiles = 0;
  for (const size_t count : counts) tiles += CeilDiv(count, TileElements(DType::kF32));
  EXPECT_EQ(group.tiles, tiles);
  EXPECT_LT(WarpLaneOf(BlocksOf(tiles, kWarps) - 1, 0).tile, tiles);
  for (const bool in_vectors : {false, true}) {
    for (const std::vector<uint8_t>& visits : Visits(table, group, in_vectors)) {
      EXPECT_THAT(visits, ::testing::Each(1));
    }
  }
}

TEST(JobTableTest, LaunchesJustBlocksEnough) {
  EXPECT_EQ(BlocksOf(0, kWarps), 0U);
  EXPECT_EQ(BlocksOf(1, kWarps), 1U);
  EXPECT_EQ(BlocksOf(kWarps, kWarps), 1U);
  EXPECT_EQ(BlocksOf(kWarps + 1, kWarps), 2U);
  EXPECT_EQ(BlocksOf(kWarps + 1, 1), kWarps + 1);
}

TEST(ChannelWalkTest, DividesAsLongNumbersAre) {
  const uint64_t long_number = uint64_t{7} << 33;
  for (const uint64_t a :
       {uint64_t{0}, uint64_t{1}, uint64_t{0xffffffff}, uint64_t{1} << 32, long_number + 5}) {
    for (const uint64_t b : {uint64_t{1}, uint64_t{3}, uint64_t{0xffffffff}, uint64_t{1} << 32}) {
      EXPECT_EQ(Divide(a, b).whole, a / b);
      EXPECT_EQ(Divide(a, b).rest, a % b);
    }
  }
}

TEST(ChannelWalkTest, KnowsTheWeightOfEachElement) {
  for (const uint64_t inner :
       {uint64_t{1}, uint64_t{2}, uint64_t{5}, uint64_t{64}, uint64_t{3} << 32}) {
    for (const uint64_t weights : {1, 2, 3, 7}) {
      for (const uint64_t first : {uint64_t{0}, uint64_t{8}, uint64_t{123}, uint64_t{5} << 32}) {
        for (const uint32_t step : {1U, kLanes}) {
          ChannelWalk walk(first, inner, weights);
          for (uint64_t i = first; i < first + 1000; i += step) {
            ASSERT_EQ(walk.weight(), i / inner % weights) << i << " " << inner << " " << weights;
            walk.Advance(step);
          }
        }
      }
    }
  }
}

// Of a per-channel function, whose sums are divided among the channels.
TEST(JobTableTest, EmptyExtentsHaveNoSums) {
  for (const Layout& layout :
       {Layout{3, 0, 2}, Layout{3, 4, 0}, Layout{0, 4, 2}, Layout{0, 0, 0}}) {
    Evaluation evaluation = Of(0);
    evaluation.function = *FindFunction("prelu");
    evaluation.direction = Direction::kGradient;
    evaluation.layout = layout;
    evaluation.weight_count = layout.extent;
    std::vector<double> gradients(layout.extent + 1);
    evaluation.weight_gradient = gradients.data();
    const JobTable table(absl::MakeConstSpan(&evaluation, 1));
    // One sum a weight, of nothing, and its total.
    uint64_t tiles = 0;
    for (const Group& group : table.groups()) tiles += group.tiles;
    EXPECT_EQ(tiles, 2 * layout.extent);
  }
}

TEST(JobTableTest, GivesEachElementToOneThread) {
  ExpectEachOnce({1});
  ExpectEachOnce({0, 1, 0, 0, 65537, 2, 7919, 0, 256, 255, 257, 3'000'017, 0});
}

TEST(JobTableTest, GivesEachElementOfManyTinyTensorsToOneThread) {
  std::mt19937 random(1);
  std::vector<size_t> counts(10'000);
  for (size_t& count : counts) count = random() % 65;
  ExpectEachOnce(counts);
}

TEST(JobTableTest, FindsTilesOfTensorsBeyondAnyMemory) {
  const size_t huge = size_t{1} << 40;
  const std::vector<Evaluation> evaluations = {Of(1), Of(huge), Of(1)};
  const JobTable table(evaluations);
  const GroupView view = ViewOf(table.groups()[0], table.bytes().data(), nullptr);
  const uint64_t last = view.tiles - 1;
  EXPECT_EQ(FindTile(view, 0).job, &view.jobs[0]);
  EXPECT_EQ(FindTile(view, 1).job, &view.jobs[1]);
  EXPECT_EQ(FindTile(view, 1).index, 0U);
  EXPECT_EQ(FindTile(view, last - 1).job, &view.jobs[1]);
  EXPECT_EQ(FindTile(view, last - 1).index, huge / TileElements(DType::kF32) - 1);
  EXPECT_EQ(FindTile(view, last).job, &view.jobs[2]);
}

TEST(JobTableTest, GroupsWhatRunsTheSameCode) {
  const FunctionId relu = *FindFunction("relu");
  std::vector<Evaluation> evaluations = {Of(5), Of(6, DType::kF64), Of(7), Of(0), Of(8)};
  evaluations[4].function = relu;
  const JobTable table(evaluations);
  ASSERT_EQ(table.groups().size(), 3U);
  EXPECT_EQ(table.groups()[0].code.dtype, DType::kF32);
  EXPECT_EQ(table.groups()[0].job_count, 2U);
  EXPECT_EQ(table.groups()[1].code.dtype, DType::kF64);
  EXPECT_EQ(table.groups()[2].code.place, PlaceInKind(relu));
}

TEST(JobTableTest, HasNothingForNothing) {
  EXPECT_TRUE(JobTable({}).groups().empty());
  const std::vector<Evaluation> evaluations = {Of(0)};
  EXPECT_TRUE(JobTable(evaluations).groups().empty());
}

TEST(JobTableTest, TakesOneCodeWhereTiersAreOne) {
  for (const DType dtype : {DType::kF64, DType::kF16, DType::kBF16}) {
    std::vector<Evaluation> evaluations = {Of(5, dtype), Of(5, dtype)};
    evaluations[1].tier = Tier::kFast;
    EXPECT_EQ(JobTable(evaluations).groups().size(), 1U);
  }
}

TEST(JobTableTest, LooksUpLongTensorsOf16Bits) {
  for (const DType dtype : kAllDTypes) {
    for (const size_t count : {kLeastLookedUp - 1, kLeastLookedUp}) {
      const std::vector<Evaluation> evaluations = {Of(count, dtype)};
      const JobTable table(evaluations);
      const bool is_looked_up = SizeOf(dtype) == 2 && count == kLeastLookedUp;
      ASSERT_EQ(table.groups().size(), is_looked_up ? 2U : 1U);
      EXPECT_EQ(table.scratch_bytes(),
                is_looked_up ? LookupTableScratchBytes(Direction::kForward) : 0U);
      const Group& last = table.groups().back();
      EXPECT_EQ(last.code.work, is_looked_up ? Work::kLookups : Work::kElements);
      EXPECT_EQ(last.tiles, CeilDiv(count, TileElements(dtype)));
      if (is_looked_up) {
        EXPECT_EQ(table.groups()[0].code.work, Work::kLookupTables);
      }
    }
  }
}

TEST(JobTableTest, GivesEachTensorItsOwnTableAndSums) {
  std::vector<double> sums(kMaxParams);
  std::vector<Evaluation> evaluations(3, Of(kLeastLookedUp, DType::kF16));
  for (Evaluation& evaluation : evaluations) {
    evaluation.function = *FindFunction("elu");
    evaluation.direction = Direction::kGradient;
    evaluation.parameter_gradients = sums.data();
  }
  const JobTable table(evaluations);
  for (const Group& group : table.groups()) {
    const GroupView view = ViewOf(group, table.bytes().data(), nullptr);
    ASSERT_EQ(view.job_count, 3U);
    size_t free_from = 0;
    for (uint32_t i = 0; i < view.job_count; ++i) {
      EXPECT_GE(view.jobs[i].scratch, free_from);
      EXPECT_GT(view.jobs[i].lookup_table, view.jobs[i].scratch);
      EXPECT_EQ(view.jobs[i].lookup_table % JobTable::kAlignment, 0U);
      free_from = view.jobs[i].lookup_table + LookupTableScratchBytes(Direction::kGradient);
    }
    EXPECT_EQ(table.scratch_bytes(), free_from);
  }
}

TEST(JobTableTest, MayBeCopiedAnywhere) {
  const std::vector<Evaluation> evaluations = {Of(1), Of(2)};
  const JobTable table(evaluations);
  alignas(JobTable::kAlignment) std::byte copy[1024];
  ASSERT_LE(table.bytes().size(), sizeof(copy));
  std::memcpy(copy, table.bytes().data(), table.bytes().size());
  const GroupView view = ViewOf(table.groups()[0], copy, nullptr);
  EXPECT_EQ(view.jobs[1].count, 2U);
  EXPECT_EQ(FindTile(view, 1).job, &view.jobs[1]);
}

}  // namespace
}  // namespace activation::cuda
