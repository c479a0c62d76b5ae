#include "client/cli/check/findings.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli::check {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

Wrong Off(uint64_t index, double ulp) {
  return {.index = index,
          .x = 1,
          .dy = 1,
          .result = 2,
          .expected = 1,
          .truth = 1,
          .ulp = ulp,
          .places = std::ceil(ulp)};
}

Wrong With(double result, double expected) {
  Wrong wrong = Off(0, std::isnan(result) || std::isnan(expected) ? kInfinite : 5);
  wrong.result = result;
  wrong.expected = wrong.truth = expected;
  return wrong;
}

TEST(FindingsTest, NothingWrong) {
  Findings findings;
  findings.AddRight(1, true, false);
  findings.AddRight(-1, true, true);
  findings.AddRight(kInfinite, false, false);
  EXPECT_EQ(findings.finite().inputs, 2u);
  EXPECT_EQ(findings.finite().right(), 2u);
  EXPECT_EQ(findings.finite().zero_signs, 1u);
  EXPECT_EQ(findings.special().inputs, 1u);
  EXPECT_EQ(findings.histogram().count(0), 2u);
  EXPECT_FALSE(findings.Exceed(0));
}

TEST(FindingsTest, EachWayToBeWrongHasItsCount) {
  Findings findings;
  findings.AddWrong(With(0, 1), true);
  findings.AddWrong(With(1, 0), true);
  findings.AddWrong(With(-1, 1), true);
  findings.AddWrong(With(NAN, 1), true);
  findings.AddWrong(With(1, NAN), true);
  findings.AddWrong(With(kInfinite, 1), true);
  findings.AddWrong(With(1, kInfinite), true);
  const Tally& tally = findings.finite();
  EXPECT_EQ(tally.wrong, 7u);
  EXPECT_EQ(tally.right(), 0u);
  EXPECT_EQ(tally.wrong_zeros, 2u);
  EXPECT_EQ(tally.wrong_signs, 1u);
  EXPECT_EQ(tally.nan_made, 1u);
  EXPECT_EQ(tally.nan_lost, 1u);
  EXPECT_EQ(tally.inf_made, 1u);
  EXPECT_EQ(tally.inf_lost, 1u);
}

TEST(FindingsTest, TheWorstComeFirstAndOfEqualOnesTheFirst) {
  Findings findings;
  for (uint64_t i = 0; i < 20; ++i) findings.AddWrong(Off(i, i < 2 ? 9 : 1), true);
  findings.AddWrong(With(NAN, 1), true);
  ASSERT_EQ(findings.worst().size(), Findings::kWorst);
  EXPECT_TRUE(std::isnan(findings.worst()[0].result));
  EXPECT_EQ(findings.worst()[1].index, 0u);
  EXPECT_EQ(findings.worst()[2].index, 1u);
  EXPECT_EQ(findings.worst()[3].index, 2u);
  EXPECT_EQ(findings.finite().worst.index, 0u);
  EXPECT_EQ(findings.finite().worst.ulp, 9);
}

TEST(FindingsTest, ErrorsBeyondTheBoundExceedIt) {
  Findings findings;
  findings.AddWrong(Off(0, 1.5), true);
  EXPECT_TRUE(findings.Exceed(1));
  EXPECT_FALSE(findings.Exceed(1.5));
  Findings with_nan;
  with_nan.AddWrong(With(NAN, 1), false);
  EXPECT_TRUE(with_nan.Exceed(1e300));
}

TEST(FindingsTest, WhatIsWrongByAHairIsNotRight) {
  Findings findings;
  findings.AddWrong(Off(0, 0.5), true);
  EXPECT_EQ(findings.histogram().count(0), 0u);
  EXPECT_EQ(findings.histogram().count(1), 1u);
  EXPECT_TRUE(findings.Exceed(0.5));
  EXPECT_FALSE(findings.Exceed(0.75));
}

TEST(UlpHistogramTest, BinsDouble) {
  UlpHistogram histogram;
  for (const double ulp : {0.5, 0.6, 1.0, 1.1, 1e300}) histogram.Add(ulp);
  EXPECT_EQ(histogram.count(0), 1u);
  EXPECT_EQ(histogram.count(1), 2u);
  EXPECT_EQ(histogram.count(2), 1u);
  EXPECT_EQ(histogram.count(UlpHistogram::kBins - 1), 1u);
  EXPECT_EQ(UlpHistogram::Limit(0), 0.5);
  EXPECT_EQ(UlpHistogram::Limit(3), 4);
  EXPECT_EQ(UlpHistogram::Limit(UlpHistogram::kBins - 1), kInfinite);
}

TEST(ProfileTest, KeepsTheLargestErrorOfEachRange) {
  Profile profile;
  profile.Add(1.001, 3);
  profile.Add(1.002, 7);
  profile.Add(1.003, 0.5);
  profile.Add(-2, 0.5);
  profile.Add(200, 99);
  profile.Add(-kInfinite, 99);
  profile.Add(NAN, 99);
  const auto points = profile.Points(1000);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_NEAR(points[0].first, -2, 1.0 / 64);
  EXPECT_EQ(points[0].second, kRightUlp);
  EXPECT_NEAR(points[1].first, 1, 1.0 / 64);
  EXPECT_EQ(points[1].second, 7);
}

TEST(ProfileTest, ShowsAllWhereNothingIsWrong) {
  Profile profile;
  for (int x = -100; x <= 100; ++x) profile.Add(x, kRightUlp);
  const auto points = profile.Points(50);
  EXPECT_LE(points.size(), 50u);
  EXPECT_LT(points.front().first, -90);
  EXPECT_GT(points.back().first, 90);
  for (const auto& [x, ulp] : points) EXPECT_EQ(ulp, kRightUlp);
}

TEST(ProfileTest, ShowsTheSurroundingsOfWhatIsWrong) {
  Profile profile;
  for (int x = -100; x <= 100; ++x) profile.Add(x, x == 50 ? 3 : kRightUlp);
  const auto points = profile.Points(1000);
  EXPECT_NEAR(points.front().first, 42, 1);
  EXPECT_NEAR(points.back().first, 58, 1);
}

TEST(ProfileTest, NothingSeenIsNoPoint) { EXPECT_TRUE(Profile().Points(10).empty()); }

}  // namespace
}  // namespace activation::cli::check
