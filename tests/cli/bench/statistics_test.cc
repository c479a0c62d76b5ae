#include "client/cli/bench/statistics.h"

#include <cmath>
#include <random>

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

// From tables of the distribution.
TEST(StatisticsTest, StudentTIsThatOfTheTables) {
  const struct {
    double degrees, quantile;
  } kTable[] = {{1, 12.7062}, {2, 4.3027},  {3, 3.1824},  {4, 2.7764},
                {9, 2.2622},  {30, 2.0423}, {120, 1.9799}};
  for (const auto& row : kTable) {
    EXPECT_NEAR(StudentT(row.degrees), row.quantile, 2e-3 * row.quantile) << row.degrees;
  }
  EXPECT_NEAR(StudentT(1e9), 1.959964, 1e-5);
  EXPECT_TRUE(std::isinf(StudentT(0)));
}

TEST(StatisticsTest, MeanAndItsInterval) {
  const MeanInterval interval = MeanOf({1, 2, 3, 4, 5});
  EXPECT_DOUBLE_EQ(interval.mean, 3);
  // s = sqrt(2.5), t(4) = 2.776
  EXPECT_NEAR(interval.half_width, 2.776 * std::sqrt(2.5 / 5), 0.01);
  EXPECT_FALSE(interval.Within(0.1));
  EXPECT_TRUE(interval.Within(0.7));
  EXPECT_FALSE(MeanOf({3}).Within(0.5)) << "one sample says nothing";
  EXPECT_FALSE(MeanOf({}).Within(0.5));
}

// The interval holds the true ratio about 95 times of a hundred.
TEST(StatisticsTest, RatioIntervalsCoverTheTruth) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> noise(0, 0.2);
  int covered = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> a(20), b(30);
    for (double& sample : a) sample = 100 * noise(random);
    for (double& sample : b) sample = 110 * noise(random);
    const RatioInterval interval = RatioOf(a, b);
    EXPECT_LT(interval.low, interval.ratio);
    EXPECT_GT(interval.high, interval.ratio);
    covered += interval.low <= 1.1 && 1.1 <= interval.high ? 1 : 0;
  }
  // Three standard deviations about 95 %.
  EXPECT_NEAR(covered, 0.95 * kTrials, 3 * std::sqrt(0.95 * 0.05 * kTrials));
}

TEST(StatisticsTest, RatioOfWhatNeverVariesIsExact) {
  const RatioInterval interval = RatioOf({2, 2, 2}, {4, 4, 4});
  EXPECT_DOUBLE_EQ(interval.low, 2);
  EXPECT_DOUBLE_EQ(interval.high, 2);
}

}  // namespace
}  // namespace activation::cli
