// Samples of a normal distribution against another library's quantiles.
#include "src/diagnosis/normal.h"

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "gtest/gtest.h"

namespace activation::diagnosis {
namespace {

TEST(StratifiedSampleTest, HoldsTheMediansOfItsRanges) {
  const std::vector<double> sample = StratifiedSample({.mean = 3, .deviation = 2}, 4);
  ASSERT_EQ(sample.size(), 4u);
  // As Python's statistics.NormalDist(3, 2).inv_cdf has them.
  EXPECT_NEAR(sample[0], 0.6993012392479843, 1e-14);
  EXPECT_NEAR(sample[1], 2.3627212720712496, 1e-14);
  EXPECT_EQ(sample[2], 6 - sample[1]);
  EXPECT_EQ(sample[3], 6 - sample[0]);
  EXPECT_EQ(StratifiedSample({.mean = 3, .deviation = 2}, 1), std::vector<double>{3});
  EXPECT_TRUE(StratifiedSample({}, 0).empty());
  const std::vector<double> many = StratifiedSample({}, 100001);
  EXPECT_EQ(many[50000], 0);
  for (size_t i = 1; i < many.size(); ++i) ASSERT_LT(many[i - 1], many[i]);
  for (const size_t i : {size_t{0}, size_t{7}, size_t{20000}, size_t{49999}}) {
    const double p = 0.5 * std::erfc(-many[i] / std::numbers::sqrt2);
    EXPECT_NEAR(p, (static_cast<double>(i) + 0.5) / 100001, 1e-15);
  }
}

}  // namespace
}  // namespace activation::diagnosis
