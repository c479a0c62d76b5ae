// Which thread of a block has which element of which row, in the EXACT tier: each element one.
#include "src/backends/cuda/kernels/exact_rows.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/job_table.h"

namespace activation::cuda {
namespace {

constexpr uint64_t kInners[] = {1, 2, 9, uint64_t{1} << 40};
constexpr size_t kSizes[] = {2, 4};

// Around what lanes keep, of one up to a block.
std::vector<uint64_t> Extents() {
  std::vector<uint64_t> extents = {1, 2, 3, 7, 8, 40000};
  for (uint64_t kept = kKeptOfRow; kept <= uint64_t{2} * kThreads * kKeptOfRow; kept *= 2) {
    for (const uint64_t extent : {kept - 1, kept, kept + 1, kept + 8}) extents.push_back(extent);
  }
  return extents;
}

TEST(RowLanesTest, GiveEachPartOfEachRowToOneThread) {
  for (const bool across : {false, true}) {
    for (unsigned bits = 0; bits <= (across ? 5U : 8U); ++bits) {
      const RowLanes lanes = {bits, across};
      ASSERT_EQ(lanes.rows() * lanes.count(), kThreads);
      std::vector<uint8_t> visits(kThreads);
      for (unsigned thread = 0; thread < kThreads; ++thread) {
        ASSERT_LT(lanes.row(thread), lanes.rows());
        ++visits.at(lanes.row(thread) * lanes.count() + lanes.part(thread));
      }
      EXPECT_THAT(visits, ::testing::Each(1)) << across << " " << bits;
    }
  }
}

TEST(RowLanesTest, DifferInTheBitsBetweenFirstAndEnd) {
  for (const bool across : {false, true}) {
    for (unsigned bits = 0; bits <= (across ? 5U : 8U); ++bits) {
      const RowLanes lanes = {bits, across};
      const unsigned mask = lanes.end() - lanes.first();
      for (unsigned a = 0; a < kThreads; ++a) {
        for (unsigned b = 0; b < kThreads; b += 3) {
          EXPECT_EQ(lanes.row(a) == lanes.row(b), ((a ^ b) & ~mask) == 0);
        }
      }
    }
  }
}

TEST(RowLanesTest, AreAsFewAsKeepARow) {
  EXPECT_EQ(RowLanesOf(1, 1, 4).rows(), kThreads);
  EXPECT_EQ(RowLanesOf(16, 1, 4).count(), 1U);
  EXPECT_EQ(RowLanesOf(17, 1, 4).count(), 2U);
  EXPECT_EQ(RowLanesOf(64, 1, 2).count(), 4U);
  EXPECT_EQ(RowLanesOf(4096, 1, 2).count(), kThreads);
  EXPECT_EQ(RowLanesOf(uint64_t{1} << 62, 1, 2).count(), kThreads);
}

TEST(RowLanesTest, FillSectorsWhereRowsLieAcross) {
  for (const size_t size : kSizes) {
    for (const uint64_t extent : {uint64_t{1}, uint64_t{4097}, uint64_t{1} << 62}) {
      const RowLanes lanes = RowLanesOf(extent, 3, size);
      EXPECT_GE(lanes.rows() * size, kSectorBytes);
      EXPECT_EQ(lanes.row(18), lanes.row(17) + 1);
    }
  }
}

// How often each element of a row is one of a lane's, of `kVectors` vectors at a time.
template <unsigned kWidth, unsigned kVectors>
std::vector<uint8_t> VisitsOf(uint64_t extent, const RowLanes& lanes, bool in_vectors) {
  std::vector<uint8_t> visits(extent);
  const unsigned step = kVectors * kWidth << lanes.bits;
  for (unsigned part = 0; part < lanes.count(); ++part) {
    const RowSlots<kWidth> slots = {lanes.bits, part, in_vectors};
    for (uint64_t begin = 0; begin < extent; begin += step) {
      const uint64_t rest = extent - begin;
      const unsigned count = slots.Count(rest < step ? static_cast<unsigned>(rest) : step);
      EXPECT_LE(count, kVectors * kWidth);
      for (unsigned slot = 0; slot < count; ++slot) ++visits.at(begin + slots.At(slot));
    }
  }
  return visits;
}

template <unsigned kWidth>
void ExpectEachElementOnce(size_t size) {
  for (const uint64_t extent : Extents()) {
    for (const uint64_t inner : kInners) {
      const RowLanes lanes = RowLanesOf(extent, inner, size);
      for (const bool in_vectors : {false, true}) {
        if (in_vectors && extent % kWidth != 0) continue;
        const auto visits = lanes.Keep(extent)
                                ? VisitsOf<kWidth, kKeptOfRow / kWidth>(extent, lanes, in_vectors)
                                : VisitsOf<kWidth, 1>(extent, lanes, in_vectors);
        EXPECT_THAT(visits, ::testing::Each(1)) << extent << " " << inner << " " << in_vectors;
      }
    }
  }
}

TEST(RowSlotsTest, GiveEachElementToOneLane) {
  ExpectEachElementOnce<8>(2);
  ExpectEachElementOnce<4>(4);
}

TEST(RowSlotsTest, HaveNeighboursSideBySide) {
  EXPECT_EQ((RowSlots<8>{3, 5, true}.At(9)), (RowSlots<8>{3, 5, true}.At(8) + 1));
  EXPECT_EQ((RowSlots<8>{3, 5, true}.At(0)), (RowSlots<8>{3, 4, true}.At(7) + 1));
  EXPECT_EQ((RowSlots<8>{3, 5, false}.At(9)), (RowSlots<8>{3, 4, false}.At(9) + 1));
}

TEST(RowSlotsTest, AreNoneWithoutARow) {
  EXPECT_EQ((RowSlots<4>{8, 0, true}.Count(0)), 0U);
  EXPECT_EQ((RowSlots<4>{8, 255, false}.Count(0)), 0U);
}

TEST(JobTableTest, HasTilesForAllExactRows) {
  constexpr Layout kLayouts[] = {{5, 7, 1},     {300, 2, 1}, {33, 128, 3}, {9, 700, 1},
                                 {1, 40000, 1}, {2, 1, 257}, {3, 0, 2}};
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kBF16}) {
    for (const Layout& layout : kLayouts) {
      Evaluation evaluation;
      evaluation.function = *FindFunction("softmax");
      evaluation.dtype = dtype;
      evaluation.layout = layout;
      evaluation.count = layout.outer * layout.extent * layout.inner;
      uint64_t tiles = 0;
      const JobTable table(absl::MakeConstSpan(&evaluation, 1));
      for (const Group& group : table.groups()) tiles += group.tiles;
      const uint64_t rows = layout.extent == 0 ? 0 : layout.outer * layout.inner;
      const RowLanes lanes = RowLanesOf(layout.extent, layout.inner, SizeOf(dtype));
      EXPECT_EQ(tiles, CeilDiv(rows, lanes.rows()));
    }
  }
}

}  // namespace
}  // namespace activation::cuda
