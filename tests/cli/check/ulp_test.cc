#include "client/cli/check/ulp.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace activation::cli::check {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(UlpErrorTest, IsCountedInGapsAtTheTruth) {
  EXPECT_EQ(UlpError(DType::kBF16, 1 + 0x1p-7, 1), 1);
  EXPECT_EQ(UlpError(DType::kF16, 2 - 0x1p-10, 2), 0.5);
  EXPECT_EQ(UlpError(DType::kF32, 1, 1 + 0x1p-25), 0.25);
  EXPECT_EQ(UlpError(DType::kF32, -1, 1), 0x1p24);
}

TEST(UlpErrorTest, NearZeroTheGapIsThatOfSubnormals) {
  EXPECT_EQ(UlpError(DType::kF32, 0x1p-149, 0), 1);
  EXPECT_EQ(UlpError(DType::kBF16, 0, 0x1p-133), 1);
  EXPECT_EQ(UlpError(DType::kF16, 0x1p-24, 0x1p-25), 0.5);
}

TEST(UlpErrorTest, AnInfinityIsTheFirstNumberTooGreat) {
  EXPECT_EQ(UlpError(DType::kF16, kInfinity, 65504), 1);
  EXPECT_EQ(UlpError(DType::kF16, 65504, 1e9), 1);
  EXPECT_EQ(UlpError(DType::kF16, kInfinity, 1e9), 0);
  EXPECT_EQ(UlpError(DType::kF16, -kInfinity, kInfinity), 0x1p12);
}

TEST(PlacesApartTest, NeighboursAreOneApartInEveryDType) {
  EXPECT_EQ(PlacesApart(DType::kF64, 1, std::nextafter(1.0, 0.0)), 1);
  EXPECT_EQ(PlacesApart(DType::kF64, -1, std::nextafter(-1.0, -2.0)), 1);
  EXPECT_EQ(PlacesApart(DType::kF64, 0x1p-1022, 0x1p-1022 - 0x1p-1074), 1);
  EXPECT_EQ(PlacesApart(DType::kF64, std::numeric_limits<double>::max(), kInfinity), 1);
  EXPECT_EQ(PlacesApart(DType::kF32, 1, 1 - 0x1p-24), 1);
  EXPECT_EQ(PlacesApart(DType::kF16, 65504, kInfinity), 1);
  EXPECT_EQ(PlacesApart(DType::kBF16, 0x1p-133, 0x1p-132), 1);
}

TEST(PlacesApartTest, CrossesZeroOnce) {
  EXPECT_EQ(PlacesApart(DType::kF32, -0.0, 0.0), 0);
  EXPECT_EQ(PlacesApart(DType::kF32, -0x1p-149, 0x1p-149), 2);
  EXPECT_EQ(PlacesApart(DType::kF64, -0x1p-1074, 0), 1);
}

}  // namespace
}  // namespace activation::cli::check
