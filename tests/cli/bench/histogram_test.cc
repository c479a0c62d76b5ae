#include "client/cli/bench/histogram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

// The least value that `percent` of the sorted values do not pass.
uint64_t Exact(const std::vector<uint64_t>& sorted, double percent) {
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()) * (1 - 1e-12));
  return sorted[std::max<size_t>(1, static_cast<size_t>(rank)) - 1];
}

std::vector<uint64_t> SkewedValues(size_t count, uint32_t seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> distribution(11, 2);
  std::vector<uint64_t> values(count);
  for (uint64_t& value : values) value = static_cast<uint64_t>(distribution(random));
  return values;
}

TEST(HistogramTest, PercentilesAreWithinTheBound) {
  std::vector<uint64_t> values = SkewedValues(200000, 1);
  Histogram histogram;
  for (const uint64_t value : values) histogram.Add(value);
  std::sort(values.begin(), values.end());
  for (const double percent : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto approximate = histogram.Percentile(percent);
    ASSERT_TRUE(approximate.has_value()) << percent;
    const auto exact = static_cast<double>(Exact(values, percent));
    EXPECT_GE(static_cast<double>(*approximate), exact) << percent;
    EXPECT_LE(static_cast<double>(*approximate), exact * (1 + Histogram::kRelativeError))
        << percent;
  }
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
}

// Every value about every power of two, where the width of buckets changes.
TEST(HistogramTest, EachValueIsWithinTheBoundOfItsBucket) {
  for (int power = 0; power < 42; ++power) {
    for (int64_t offset = -2; offset <= 2; ++offset) {
      const int64_t value = (int64_t{1} << power) + offset;
      if (value < 0 || static_cast<uint64_t>(value) > Histogram::kMaxValue) continue;
      Histogram histogram;
      for (int i = 0; i < 20; ++i) histogram.Add(static_cast<uint64_t>(value));
      histogram.Add(Histogram::kMaxValue);
      const auto median = histogram.Percentile(50);
      ASSERT_TRUE(median.has_value());
      EXPECT_GE(*median, static_cast<uint64_t>(value));
      EXPECT_LE(static_cast<double>(*median),
                static_cast<double>(value) * (1 + Histogram::kRelativeError));
    }
  }
}

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram histogram;
  for (uint64_t value = 0; value < 200; ++value) histogram.Add(value);
  EXPECT_EQ(histogram.Percentile(50), 99u);
  EXPECT_EQ(histogram.Percentile(90), 179u);
}

TEST(HistogramTest, MergingIsAddingAll) {
  const std::vector<uint64_t> values = SkewedValues(50000, 2);
  Histogram all, left, right;
  for (size_t i = 0; i < values.size(); ++i) {
    all.Add(values[i]);
    (i % 3 == 0 ? left : right).Add(values[i]);
  }
  left.Merge(right);
  left.Merge(Histogram());
  EXPECT_EQ(left.count(), all.count());
  EXPECT_EQ(left.min(), all.min());
  EXPECT_EQ(left.max(), all.max());
  EXPECT_NEAR(left.mean(), all.mean(), all.mean() * 1e-12);
  for (const double percent : {50.0, 99.0, 99.9}) {
    EXPECT_EQ(left.Percentile(percent), all.Percentile(percent));
  }
}

TEST(HistogramTest, RefusesAPercentileWithTooFewSamples) {
  EXPECT_EQ(Histogram::SamplesNeeded(50), 20u);
  EXPECT_EQ(Histogram::SamplesNeeded(99.99), 100000u);
  Histogram histogram;
  EXPECT_FALSE(histogram.Percentile(50).has_value());
  for (int i = 0; i < 999; ++i) histogram.Add(1);
  EXPECT_TRUE(histogram.Percentile(90).has_value());
  EXPECT_FALSE(histogram.Percentile(99).has_value());
  histogram.Add(1);
  EXPECT_TRUE(histogram.Percentile(99).has_value());
}

TEST(HistogramTest, UnknownGreaterValuesTakeTheUpperPercentiles) {
  Histogram histogram;
  for (uint64_t value = 1; value <= 100; ++value) histogram.Add(value);
  EXPECT_EQ(histogram.Percentile(50, 100), 100u);
  EXPECT_EQ(histogram.Percentile(51, 100), std::nullopt);
  EXPECT_EQ(Histogram().Percentile(50, 100), std::nullopt);
}

TEST(HistogramTest, ValuesBeyondTheGreatestCountAsIt) {
  Histogram histogram;
  for (int i = 0; i < 20; ++i) histogram.Add(~uint64_t{0});
  EXPECT_EQ(histogram.Percentile(50), Histogram::kMaxValue);
}

}  // namespace
}  // namespace activation::cli
