#include "client/cli/check/comparison.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli::check {
namespace {

using ::testing::HasSubstr;

Reference Make(const client::Activation& activation, bool gradient = false) {
  auto reference = Reference::Make(activation, gradient);
  EXPECT_TRUE(reference.ok()) << reference.status();
  return *std::move(reference);
}

template <class T>
Block BlockOf(const std::vector<T>& x, const std::vector<T>& results) {
  return {.x = reinterpret_cast<const char*>(x.data()),
          .results = reinterpret_cast<const char*>(results.data()),
          .count = x.size()};
}

std::vector<uint16_t> AllPatterns() {
  std::vector<uint16_t> all(65536);
  std::iota(all.begin(), all.end(), uint16_t{0});
  return all;
}

TEST(ReferenceTest, RefusesWhatItCannotJudge) {
  const auto unknown = Reference::Make({.function = "gelo"}, false);
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("'gelu'"));
  EXPECT_EQ(Reference::Make({.function = "softmax"}, false).status().code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_EQ(
      Reference::Make({.function = "gelu", .parameters = {{"slope", 1}}}, false).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST(ComparisonTest, FindsNothingInExactResults) {
  const std::vector<uint16_t> x = AllPatterns();
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    for (const bool gradient : {false, true}) {
      const Reference reference = Make({.function = "gelu"}, gradient);
      std::vector<uint16_t> y(x.size());
      ASSERT_TRUE(reference.Compute(dtype, x.data(), nullptr, y.data(), x.size()).ok());
      Comparison comparison(reference, dtype);
      ASSERT_TRUE(comparison.Add(BlockOf(x, y)).ok());
      EXPECT_EQ(comparison.findings().finite().wrong, 0u);
      EXPECT_EQ(comparison.findings().special().wrong, 0u);
      EXPECT_TRUE(comparison.findings().worst().empty());
    }
  }
}

TEST(ComparisonTest, MeasuresFromTheExactValue) {
  // Of three results one is right, one is the upper neighbour and one is zero.
  const std::vector<float> x = {0, 1, -1};
  const float right = 0.8413447460685429F;
  Comparison comparison(Make({.function = "gelu"}), DType::kF32);
  ASSERT_TRUE(comparison.Add(BlockOf<float>(x, {0, std::nextafter(right, 1.0F), 0})).ok());
  const auto& worst = comparison.findings().worst();
  ASSERT_EQ(worst.size(), 2u);
  EXPECT_EQ(worst[0].index, 2u);
  EXPECT_NEAR(worst[0].ulp, 0.15865525393145707 * 0x1p26, 1e-6);
  EXPECT_EQ(worst[1].index, 1u);
  EXPECT_NEAR(worst[1].ulp,
              (static_cast<double>(std::nextafter(right, 1.0F)) - 0.8413447460685429) * 0x1p24,
              1e-6);
  EXPECT_EQ(comparison.findings().finite().far, 1u);
}

TEST(ComparisonTest, CountsElementsThroughAllBlocks) {
  Comparison comparison(Make({.function = "relu"}), DType::kF32);
  ASSERT_TRUE(comparison.Add(BlockOf<float>({1, 2}, {1, 2})).ok());
  ASSERT_TRUE(comparison.Add(BlockOf<float>({3, 4}, {3, 5})).ok());
  ASSERT_EQ(comparison.findings().worst().size(), 1u);
  EXPECT_EQ(comparison.findings().worst()[0].index, 3u);
}

TEST(ComparisonTest, TakesDyIntoAccount) {
  const std::vector<float> x = {1, 1}, dy = {2, 3}, dx = {2, 2};
  Block block = BlockOf(x, dx);
  block.dy = reinterpret_cast<const char*>(dy.data());
  Comparison comparison(Make({.function = "relu"}, true), DType::kF32);
  ASSERT_TRUE(comparison.Add(block).ok());
  ASSERT_EQ(comparison.findings().worst().size(), 1u);
  EXPECT_EQ(comparison.findings().worst()[0].dy, 3);
  EXPECT_EQ(comparison.findings().worst()[0].expected, 3);
  EXPECT_EQ(comparison.findings().worst()[0].ulp, 0x1p22);
}

TEST(ComparisonTest, InF64MeasuresFromTheReference) {
  Comparison comparison(Make({.function = "relu"}), DType::kF64);
  ASSERT_TRUE(comparison.Add(BlockOf<double>({1, 2}, {1, std::nextafter(2.0, 0.0)})).ok());
  ASSERT_EQ(comparison.findings().worst().size(), 1u);
  EXPECT_EQ(comparison.findings().worst()[0].ulp, 1);
}

TEST(ComparisonTest, ZerosAndNans) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  Comparison comparison(Make({.function = "relu"}), DType::kF32);
  // A zero of the other sign, a NaN of another pattern, a NaN made, a NaN lost.
  ASSERT_TRUE(
      comparison.Add(BlockOf<float>({0, nan, 1, infinity, nan}, {-0.0F, -nan, nan, nan, 1})).ok());
  const Findings& findings = comparison.findings();
  EXPECT_EQ(findings.finite().zero_signs, 1u);
  EXPECT_EQ(findings.finite().wrong, 1u);
  EXPECT_EQ(findings.finite().nan_made, 1u);
  EXPECT_EQ(findings.special().inputs, 3u);
  EXPECT_EQ(findings.special().nan_made, 1u);
  EXPECT_EQ(findings.special().nan_lost, 1u);
}

}  // namespace
}  // namespace activation::cli::check
