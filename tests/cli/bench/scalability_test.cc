#include "client/cli/bench/scalability.h"

#include <cmath>
#include <random>

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

std::vector<Throughput> PointsOf(const ScalabilityFit& truth, double noise = 0) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> error(0, noise);
  std::vector<Throughput> points;
  for (const double n : {1, 2, 4, 8, 16, 32, 64}) {
    points.push_back({n, truth.At(n) * (noise > 0 ? 1 + error(random) : 1)});
  }
  return points;
}

TEST(ScalabilityTest, FindsTheLawThatMadeThePoints) {
  const ScalabilityFit truth{.rate = 10000, .contention = 0.05, .crosstalk = 0.0005};
  const auto fit = FitScalability(PointsOf(truth));
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->rate, truth.rate, 1e-6 * truth.rate);
  EXPECT_NEAR(fit->contention, truth.contention, 1e-8);
  EXPECT_NEAR(fit->crosstalk, truth.crosstalk, 1e-9);
  EXPECT_NEAR(fit->r_squared, 1, 1e-9);
  ASSERT_TRUE(fit->peak().has_value());
  EXPECT_NEAR(*fit->peak(), std::sqrt(0.95 / 0.0005), 1e-3);
  EXPECT_NEAR(*fit->knee(), fit->At(*fit->peak()) / fit->rate, 1e-9);
}

TEST(ScalabilityTest, NoiseMovesItLittle) {
  const ScalabilityFit truth{.rate = 5000, .contention = 0.1, .crosstalk = 0.001};
  const auto fit = FitScalability(PointsOf(truth, 0.02));
  ASSERT_TRUE(fit.has_value());
  for (const double n : {1, 4, 16, 64}) {
    EXPECT_NEAR(fit->At(n), truth.At(n), 0.06 * truth.At(n)) << n;
  }
}

// Points that bend up or go straight must not give negative costs.
TEST(ScalabilityTest, CostsAreNeverNegative) {
  const auto straight = FitScalability({{1, 100}, {2, 200}, {4, 400}, {8, 800}});
  ASSERT_TRUE(straight.has_value());
  EXPECT_NEAR(straight->contention, 0, 1e-9);
  EXPECT_FALSE(straight->knee().has_value()) << "it grows for ever";
  const auto bent_up = FitScalability({{1, 100}, {2, 230}, {4, 500}, {8, 1200}});
  ASSERT_TRUE(bent_up.has_value());
  EXPECT_GE(bent_up->contention, 0);
  EXPECT_GE(bent_up->crosstalk, 0);
}

TEST(ScalabilityTest, AmdahlsLawLevelsOff) {
  const auto fit = FitScalability(PointsOf({.rate = 100, .contention = 0.25}));
  ASSERT_TRUE(fit.has_value());
  EXPECT_FALSE(fit->peak().has_value());
  EXPECT_NEAR(*fit->knee(), 4, 1e-6);
}

TEST(ScalabilityTest, NeedsThreeConcurrenciesThatAnswered) {
  EXPECT_FALSE(FitScalability({}).has_value());
  EXPECT_FALSE(FitScalability({{1, 100}, {2, 150}, {2, 160}}).has_value());
  EXPECT_FALSE(FitScalability({{1, 100}, {2, 0}, {4, 160}}).has_value());
}

}  // namespace
}  // namespace activation::cli
