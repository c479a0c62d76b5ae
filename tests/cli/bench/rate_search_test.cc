#include "client/cli/bench/rate_search.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

// What a search finds when rates up to `most` hold, and how many it tried.
std::pair<std::optional<double>, int> Search(double first, double most, int tries) {
  RateSearch search(first, tries);
  int tried = 0;
  while (const auto rate = search.Next()) {
    search.Tell(*rate <= most);
    ++tried;
  }
  return {search.highest(), tried};
}

TEST(RateSearchTest, FindsTheHighestFromBelowAndFromAbove) {
  for (const double first : {10.0, 900.0, 1000.0, 50000.0}) {
    const auto [highest, tried] = Search(first, 1000, 30);
    ASSERT_TRUE(highest.has_value());
    EXPECT_LE(*highest, 1000);
    EXPECT_GE(*highest, 1000 / 1.03);
    EXPECT_LT(tried, 16);
  }
}

TEST(RateSearchTest, EndsWithTheTriesItHas) {
  const auto [highest, tried] = Search(1, 1e6, 5);
  EXPECT_EQ(tried, 5);
  EXPECT_EQ(highest, 16);
}

TEST(RateSearchTest, FindsNothingWhereNothingHolds) {
  EXPECT_EQ(Search(100, 0, 6).first, std::nullopt);
}

}  // namespace
}  // namespace activation::cli
