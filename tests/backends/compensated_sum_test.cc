#include "src/backends/compensated_sum.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace activation {
namespace {

TEST(CompensatedSumTest, KeepsWhatPlainSummationLoses) {
  std::vector<double> terms(8000, 0x1p-70);
  terms[0] = 1;
  terms.back() = -1;
  CompensatedSum sum;
  sum.Add(terms.data(), terms.size());
  EXPECT_EQ(sum.Total(), 7998 * 0x1p-70);
}

TEST(CompensatedSumTest, PartsGiveTheSameBitsAsTheirCombination) {
  std::vector<double> terms;
  terms.reserve(4096);
  for (int i = 0; i < 4096; ++i) terms.push_back(1.0 / (i + 1) * (i % 3 == 0 ? -1e10 : 1));
  CompensatedSum whole;
  whole.Add(terms.data(), terms.size());
  CompensatedSum in_calls;
  for (size_t i = 0; i < terms.size(); i += 512) in_calls.Add(terms.data() + i, 512);
  EXPECT_EQ(whole.Total(), in_calls.Total());
}

TEST(CompensatedSumTest, InfinityStaysInfinity) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> terms = {1, infinity, 2};
  CompensatedSum sum;
  sum.Add(terms.data(), terms.size());
  EXPECT_EQ(sum.Total(), infinity);
}

// x86 makes one with a sign of this, ARM without.
TEST(CompensatedSumTest, ThereIsOneNan) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> terms = {1, infinity, -infinity};
  CompensatedSum sum;
  sum.Add(terms.data(), terms.size());
  EXPECT_TRUE(std::isnan(sum.Total()));
  EXPECT_FALSE(std::signbit(sum.Total()));
}

}  // namespace
}  // namespace activation
