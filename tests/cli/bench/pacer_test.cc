#include "client/cli/bench/pacer.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double Seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::vector<double> TimesUntil(nanoseconds end, const Pacer::Options& options) {
  Pacer pacer(options);
  std::vector<double> times;
  for (nanoseconds due = pacer.Next(); due < end; due = pacer.Next()) {
    times.push_back(Seconds(due));
  }
  return times;
}

TEST(PhasesTest, FollowEachOtherWithoutGap) {
  const Phases phases{seconds(2), seconds(10)};
  EXPECT_EQ(phases.At(seconds(0)), Phase::kWarmUp);
  EXPECT_EQ(phases.At(seconds(2) - nanoseconds(1)), Phase::kWarmUp);
  EXPECT_EQ(phases.At(seconds(2)), Phase::kMeasured);
  EXPECT_EQ(phases.At(seconds(12) - nanoseconds(1)), Phase::kMeasured);
  EXPECT_EQ(phases.At(seconds(12)), Phase::kOver);
}

TEST(PhasesTest, NoWarmUpMeasuresFromTheStartAndNoDurationIsOverAtOnce) {
  EXPECT_EQ((Phases{seconds(0), seconds(1)}).At(seconds(0)), Phase::kMeasured);
  EXPECT_EQ((Phases{seconds(0), seconds(0)}).At(seconds(0)), Phase::kOver);
}

TEST(PacerTest, AConstantRateIsEvenlyApart) {
  const Phases phases{seconds(1), seconds(2)};
  const auto times = TimesUntil(phases.end(), {.rate = {1000, 1000}, .phases = phases});
  ASSERT_EQ(times.size(), 3000u);
  for (size_t i = 0; i < times.size(); ++i) {
    EXPECT_NEAR(times[i], static_cast<double>(i) / 1000, 1e-9);
  }
}

TEST(PacerTest, SharesTogetherAreTheWhole) {
  const Phases phases{seconds(0), seconds(1)};
  const Pacer::Options whole{.rate = {500, 1500}, .phases = phases};
  std::vector<double> together;
  for (int share = 0; share < 3; ++share) {
    Pacer::Options part = whole;
    part.share = share;
    part.shares = 3;
    const auto times = TimesUntil(phases.end(), part);
    together.insert(together.end(), times.begin(), times.end());
  }
  std::sort(together.begin(), together.end());
  EXPECT_EQ(together, TimesUntil(phases.end(), whole));
}

// The rate at any time is that of the line, up or down.
TEST(PacerTest, ARampFollowsItsLine) {
  const Phases phases{seconds(1), seconds(10)};
  for (const RateProfile rate : {RateProfile{100, 2100}, RateProfile{2100, 100}}) {
    const auto times = TimesUntil(phases.end(), {.rate = rate, .phases = phases});
    EXPECT_NEAR(static_cast<double>(times.size()), rate.first * 1 + 1100.0 * 10, 1);
    for (const double t : {0.5, 1.5, 4.5, 10.5}) {
      const auto in_window = std::count_if(times.begin(), times.end(), [t](double due) {
        return due >= t - 0.25 && due < t + 0.25;
      });
      const double line = t < 1 ? rate.first : rate.first + (rate.last - rate.first) * (t - 1) / 10;
      EXPECT_NEAR(static_cast<double>(in_window), line / 2, 1.5) << t;
    }
  }
}

TEST(PacerTest, AfterARampItsLastRateGoesOn) {
  const Phases phases{seconds(0), seconds(1)};
  const RateProfile rate{100, 300};
  EXPECT_EQ(rate.TimeOf(200, phases), seconds(1));
  EXPECT_EQ(rate.TimeOf(500, phases), seconds(2));
}

TEST(PacerTest, APoissonRateHasExponentialGaps) {
  const Phases phases{seconds(0), seconds(100)};
  const auto times = TimesUntil(
      phases.end(), {.rate = {1000, 1000}, .phases = phases, .arrivals = Arrivals::kPoisson});
  const auto n = static_cast<double>(times.size());
  // Four standard deviations of a count of 100,000.
  EXPECT_NEAR(n, 100000, 4 * std::sqrt(100000.0));
  double squares = 0;
  size_t longer = 0;
  for (size_t i = 1; i < times.size(); ++i) {
    const double gap = times[i] - times[i - 1];
    ASSERT_GE(gap, 0);
    squares += gap * gap;
    longer += gap > 1e-3 ? 1 : 0;
  }
  EXPECT_NEAR(squares / n, 2e-6, 0.1e-6) << "the variance of an exponential";
  EXPECT_NEAR(static_cast<double>(longer) / n, std::exp(-1), 0.01);
}

TEST(PacerTest, PoissonSharesDiffer) {
  const Phases phases{seconds(0), milliseconds(100)};
  Pacer::Options options{
      .rate = {1000, 1000}, .phases = phases, .arrivals = Arrivals::kPoisson, .shares = 2};
  const auto first = TimesUntil(phases.end(), options);
  options.share = 1;
  EXPECT_NE(first, TimesUntil(phases.end(), options));
}

}  // namespace
}  // namespace activation::cli
