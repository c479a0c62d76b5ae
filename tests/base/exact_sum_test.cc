#include "src/base/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace activation {
namespace {

double SumOf(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.Add(term);
  return sum.Total().high;
}

TEST(ExactSumTest, LosesNothing) {
  EXPECT_EQ(SumOf({}), 0);
  EXPECT_EQ(SumOf({1e308, 1, -1e308}), 1);
  EXPECT_EQ(SumOf({0x1p-1074, 0x1p1000, -0x1p1000}), 0x1p-1074);
  EXPECT_EQ(SumOf({0x1p1023, 0x1p1023, -0x1p1023}), 0x1p1023);
  EXPECT_EQ(SumOf({-3, 0x1p-60}), -3);
  ExactSum sum;
  for (const double term : {-3.0, 0x1p-60}) sum.Add(term);
  EXPECT_EQ(sum.Total().low, 0x1p-60);
}

TEST(ExactSumTest, WhatIsFarBelowDecidesTies) {
  for (const double little : {0x1p-100, 0x1p-200, 0x1p-1074}) {
    EXPECT_EQ(SumOf({1, 0x1p-53, little}), 1 + 0x1p-52);
    EXPECT_EQ(SumOf({-1, -0x1p-53, -little}), -1 - 0x1p-52);
    EXPECT_EQ(SumOf({1, 0x1p-53, -little}), 1);
    EXPECT_EQ(SumOf({1 + 0x1p-52, 0x1p-53, -little}), 1 + 0x1p-52);
  }
  EXPECT_EQ(SumOf({1, 0x1p-53}), 1);
  EXPECT_EQ(SumOf({1 + 0x1p-52, 0x1p-53}), 1 + 0x1p-51);
  // A half beyond the greatest number is infinite, and less is not.
  constexpr double kGreatest = std::numeric_limits<double>::max();
  EXPECT_EQ(SumOf({kGreatest, 0x1p970}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(SumOf({kGreatest, 0x1p970, -0x1p-1000}), kGreatest);
}

TEST(ExactSumTest, IsTheSameInAnyOrder) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-300, 300);
  std::vector<double> terms;
  for (int i = 0; i < 5000; ++i) {
    const double size = std::exp2(exponent(random));
    terms.push_back(i % 2 == 0 ? size : -size);
  }
  const double once = SumOf(terms);
  for (int i = 0; i < 5; ++i) {
    std::shuffle(terms.begin(), terms.end(), random);
    EXPECT_EQ(SumOf(terms), once);
  }
}

TEST(ExactSumTest, SumsAddUpToTheSumOfAll) {
  std::mt19937_64 random(6);
  std::uniform_real_distribution<double> exponent(-300, 300);
  ExactSum all;
  ExactSum parts;
  for (int part = 0; part < 3000; ++part) {
    ExactSum sum;
    for (int i = 0; i < 5; ++i) {
      const double term = std::exp2(exponent(random)) * (i % 2 == 0 ? 1 : -1);
      all.Add(term);
      sum.Add(term);
    }
    parts.Add(sum);
  }
  EXPECT_EQ(parts.Total().high, all.Total().high);
  EXPECT_EQ(parts.Total().low, all.Total().low);
  ExactSum infinite;
  infinite.Add(-std::numeric_limits<double>::infinity());
  parts.Add(infinite);
  EXPECT_EQ(parts.Total().high, -std::numeric_limits<double>::infinity());
}

TEST(ExactSumTest, CarriesOverAnyNumberOfTerms) {
  ExactSum sum;
  for (int i = 0; i < 100000; ++i) sum.Add(0x1.fffffffffffffp0);
  const double exact = 100000.0 * 2;  // less 100000 * 2^-52
  EXPECT_EQ(sum.Total().high, exact - 100000 * 0x1p-52);
  for (int i = 0; i < 100000; ++i) sum.Add(-0x1.fffffffffffffp0);
  EXPECT_EQ(sum.Total().high, 0);
}

TEST(ExactSumTest, InfinityAndNanStay) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(SumOf({1, inf, -1e308}), inf);
  EXPECT_TRUE(std::isnan(SumOf({inf, -inf})));
  // x86 makes one with a sign of this, ARM without.
  EXPECT_FALSE(std::signbit(SumOf({inf, -inf})));
  EXPECT_TRUE(std::isnan(SumOf({std::nan(""), 1})));
  EXPECT_EQ(SumOf({1.7e308, 1.7e308}), inf);
}

}  // namespace
}  // namespace activation
