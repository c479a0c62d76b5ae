#include "tests/accuracy/atlas/judge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/accuracy/atlas/ulp_error.h"

namespace activation::atlas {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kTiny = std::numeric_limits<float>::denorm_min();

const Case& CaseNamed(const std::string& name) {
  for (const Case& subject : AllCases()) {
    if (subject.name == name) return subject;
  }
  return AllCases()[0];
}

// Judges `results` where `expected` is right and the truth is a quarter of a unit
// above it for x >= 0.
class JudgeTest : public testing::Test {
 protected:
  Tally Measure(std::vector<float> x, std::vector<float> expected, std::vector<float> results,
                const Task& task = {&CaseNamed("tanh"), Direction::kForward, DType::kF32}) {
    Judge judge(task, [&](const double* in, double* out, size_t count) {
      for (size_t i = 0; i < count; ++i) {
        size_t k = 0;
        while (x[k] != static_cast<float>(in[i])) ++k;
        const float above = std::nextafter(expected[k], kInf);
        out[i] =
            std::isinf(expected[k]) ? expected[k] : expected[k] + (double{above} - expected[k]) / 4;
      }
      measured_ += count;
    });
    judge.Add({x.data(), results.data(), expected.data(), x.size()});
    return judge.tally();
  }

  size_t measured_ = 0;
};

TEST_F(JudgeTest, FindsNothingWhereNothingIs) {
  const Tally tally = Measure({1, 2, 3}, {1, -0.0F, kNan}, {1, -0.0F, kNan});
  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_EQ(tally.worst.ulp, 0);
  EXPECT_EQ(measured_, 0U);
}

TEST_F(JudgeTest, MeasuresByTheTruth) {
  const float up = std::nextafter(1.5F, 2.0F);
  const float down = std::nextafter(1.5F, 1.0F);
  Tally tally = Measure({1, 2}, {1.5F, 1.5F}, {up, 1.5F});
  EXPECT_EQ(tally.wrong, 1U);
  EXPECT_EQ(tally.far, 0U);
  EXPECT_EQ(tally.worst.ulp, 0.75);
  tally = Measure({1, 2}, {1.5F, 1.5F}, {up, down});
  EXPECT_EQ(tally.wrong, 2U);
  EXPECT_EQ(tally.worst.ulp, 1.25);
  EXPECT_EQ(tally.worst.x, 2);
  EXPECT_EQ(tally.worst.result, down);
}

TEST_F(JudgeTest, CountsResultsThatAreNoNeighbours) {
  const Tally tally = Measure({1, 2}, {1, 1}, {1 + 0x1p-22F, 1 + 0x1p-23F});
  EXPECT_EQ(tally.wrong, 2U);
  EXPECT_EQ(tally.far, 1U);
  EXPECT_EQ(tally.worst.ulp, 1.75);
}

TEST_F(JudgeTest, CountsZerosAndSigns) {
  const Tally tally = Measure({1, 2, 3, 4}, {1e-30F, 0, -2, 0}, {0, 1e-30F, 2, -0.0F});
  EXPECT_EQ(tally.wrong, 3U);
  EXPECT_EQ(tally.wrong_zeros, 2U);
  EXPECT_EQ(tally.normal_zeros, 1U);
  EXPECT_EQ(tally.wrong_signs, 1U);
  EXPECT_EQ(tally.zero_signs, 1U);
  // 1e-30 in units of the smallest number there is.
  EXPECT_NEAR(tally.worst.ulp, 1e-30F / double{kTiny}, 1);
}

TEST_F(JudgeTest, KeepsSubnormalNumbersApart) {
  const float subnormal = 0x1p-130F;
  const Tally tally = Measure({1, subnormal, 3}, {subnormal, 1, 1}, {0, 0, 1 + 0x1p-22F});
  EXPECT_EQ(tally.wrong, 3U);
  EXPECT_EQ(tally.normal_wrong, 1U);
  EXPECT_EQ(tally.wrong_zeros, 2U);
  EXPECT_EQ(tally.normal_zeros, 0U);
  EXPECT_EQ(tally.normal_worst.x, 3);
  EXPECT_EQ(tally.normal_worst.ulp, 1.75);
  EXPECT_GT(tally.worst.ulp, 1e6);
}

TEST_F(JudgeTest, TakesTheSmallestNormalResultForSubnormal) {
  const float least = 0x1p-126F;
  const Tally tally = Measure({1, 2, least}, {least, 0x1.8p-126F, 1}, {0, 0, 2});
  EXPECT_EQ(tally.wrong, 3U);
  EXPECT_EQ(tally.normal_wrong, 2U);
  EXPECT_EQ(tally.normal_zeros, 1U);
}

TEST_F(JudgeTest, CountsNanAndInfinities) {
  const Tally tally = Measure({1, 2, 3, 4}, {1, kNan, 0x1p127F, kInf}, {kNan, 1, kInf, 0x1p127F});
  EXPECT_EQ(tally.wrong, 4U);
  EXPECT_EQ(tally.nan_made, 1U);
  EXPECT_EQ(tally.nan_lost, 1U);
  EXPECT_EQ(tally.inf_made, 1U);
  EXPECT_EQ(tally.inf_lost, 1U);
  // An infinity stands for 2^128, 2^23 units above 2^127.
  EXPECT_EQ(tally.worst.x, 4);
  EXPECT_EQ(tally.worst.ulp, 0x1p23);
}

TEST_F(JudgeTest, FindsTheWorstOfManyThatLookAlike) {
  std::vector<float> x(20000);
  std::vector<float> results(x.size(), 1 + 0x1p-23F);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i + 1);
  const std::vector<float> expected(x.size(), 1);
  const Task task = {&CaseNamed("tanh"), Direction::kForward, DType::kF32};
  size_t measured = 0;
  Judge judge(task, [&](const double* in, double* out, size_t count) {
    for (size_t i = 0; i < count; ++i) out[i] = in[i] == 12345 ? 1 - 0x1p-26 : 1;
    measured += count;
  });
  judge.Add({x.data(), results.data(), expected.data(), x.size()});
  EXPECT_EQ(judge.tally().worst.x, 12345);
  // Once a greater error is known they are only sampled.
  results[0] = 2;
  judge.Add({x.data(), results.data(), expected.data(), x.size()});
  results[0] = 1;
  measured = 0;
  const Tally tally = judge.Add({x.data(), results.data(), expected.data(), x.size()});
  EXPECT_LT(measured, 6000U);
  EXPECT_GE(tally.worst.ulp, 1);
}

TEST_F(JudgeTest, LeavesKinksOfGradientsAlone) {
  const Task gradient = {&CaseNamed("relu6"), Direction::kGradient, DType::kF32};
  EXPECT_EQ(Measure({0, 6, 5}, {0, 0, 1}, {1, 1, 0}, gradient).wrong, 1U);
  const Task forward = {&CaseNamed("relu6"), Direction::kForward, DType::kF32};
  EXPECT_EQ(Measure({0, 6, 5}, {0, 0, 1}, {1, 1, 0}, forward).wrong, 3U);
  const Task outside = {&CaseNamed("log1p"), Direction::kGradient, DType::kF32};
  EXPECT_EQ(Measure({-2, 1}, {kNan, 0.5F}, {-1, 0.25F}, outside).wrong, 1U);
}

TEST(UlpErrorTest, IsInUnitsOfTheTruth) {
  EXPECT_EQ(UlpError<DType::kF32>(1, 1 - 0x1p-24), 1);
  EXPECT_EQ(UlpError<DType::kF32>(1, 1 + 0x1p-24), 0.5);
  EXPECT_EQ(UlpError<DType::kF32>(0, 0x1p-149), 1);
  EXPECT_EQ(UlpError<DType::kF32>(HUGE_VAL, HUGE_VAL), 0);
  EXPECT_EQ(UlpError<DType::kF16>(HUGE_VAL, 65504), 1);
  EXPECT_EQ(UlpError<DType::kF16>(65504, 1e9), 1);
  EXPECT_EQ(UlpError<DType::kF16>(0, 0x1p-24), 1);
  EXPECT_EQ(UlpError<DType::kBF16>(1, 1 + 0x1p-8), 0.5);
}

}  // namespace
}  // namespace activation::atlas
