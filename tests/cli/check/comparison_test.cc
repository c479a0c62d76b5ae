#include "client/cli/check/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
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
  EXPECT_EQ(
      Reference::Make({.function = "gelu", .parameters = {{"slope", 1}}}, false).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST(ReferenceTest, RefusesTensorsThatTheFunctionCannotTake) {
  const Tensor weights{.shape = {3}, .bytes = std::string(12, '\0')};
  const auto message = [&](const client::Activation& activation, const std::vector<int64_t>& shape,
                           const std::optional<Tensor>& weight) {
    Reference reference = Make(activation);
    return std::string(reference.Fit(shape, weight).message());
  };
  EXPECT_EQ(message({.function = "prelu"}, {2, 3, 4}, weights), "");
  EXPECT_THAT(message({.function = "prelu"}, {2, 3}, std::nullopt), HasSubstr("needs them"));
  EXPECT_THAT(message({.function = "prelu"}, {2, 4}, weights), HasSubstr("4 channels"));
  EXPECT_THAT(message({.function = "gelu"}, {2, 3}, weights), HasSubstr("takes no weights"));
  EXPECT_THAT(message({.function = "glu"}, {2, 3}, std::nullopt), HasSubstr("even"));
  EXPECT_THAT(message({.function = "softmax", .parameters = {{"axis", 2}}}, {2, 3}, std::nullopt),
              HasSubstr("axis"));
}

TEST(ComparisonTest, FindsNothingInExactResults) {
  const std::vector<uint16_t> x = AllPatterns();
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    for (const bool gradient : {false, true}) {
      const Reference reference = Make({.function = "gelu"}, gradient);
      std::vector<uint16_t> y(x.size());
      ASSERT_TRUE(reference.Compute(dtype, x.data(), nullptr, y.data(), {.count = x.size()}).ok());
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

// Of a tensor [2, 4, 3]: what belongs to a result is three and more elements away.
constexpr int64_t kShape[] = {2, 4, 3};

std::vector<float> Values(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = std::sin(static_cast<float>(i + 1)) * 3;
  return values;
}

// A comparison of results that are exact but for result `wrong`, the next number to the exact.
Findings OneWrong(Reference reference, size_t wrong, bool with_dy) {
  const std::vector<float> x = Values(24);
  const Walk& walk = reference.walk();
  const std::vector<float> dy(walk.DyCount(x.size()), 0.5F);
  std::vector<float> results(walk.ResultCount(x.size()));
  const float* const dy_or_ones = with_dy ? dy.data() : nullptr;
  const Stretch all{.count = x.size()};
  EXPECT_TRUE(reference.Compute(DType::kF32, x.data(), dy_or_ones, results.data(), all).ok());
  results[wrong] = std::nextafter(results[wrong], 100.0F);
  Block block = BlockOf(x, results);
  block.dy = reinterpret_cast<const char*>(dy_or_ones);
  Comparison comparison(std::move(reference), DType::kF32);
  EXPECT_TRUE(comparison.Add(block).ok());
  return comparison.findings();
}

void ExpectOne(const Findings& findings, size_t inputs, size_t index, float x, float companion) {
  EXPECT_EQ(findings.finite().inputs, inputs);
  ASSERT_EQ(findings.worst().size(), 1u);
  const Wrong& wrong = findings.worst()[0];
  EXPECT_EQ(wrong.index, index);
  EXPECT_EQ(wrong.x, x);
  EXPECT_EQ(wrong.companion, companion);
  EXPECT_EQ(wrong.places, 1);
  // From the exact value, which is not a float.
  EXPECT_GE(wrong.ulp, 0.5);
  EXPECT_LE(wrong.ulp, 1.5);
  EXPECT_NE(wrong.truth, wrong.expected);
}

TEST(ComparisonTest, RowsAlongAnyAxis) {
  for (const int axis : {0, 1, -1}) {
    for (const bool gradient : {false, true}) {
      Reference softmax = Make(
          {.function = "softmax", .parameters = {{"axis", static_cast<double>(axis)}}}, gradient);
      ASSERT_TRUE(softmax.Fit(kShape, std::nullopt).ok());
      // Without dy the gradient of a row's sum is zero.
      const Findings findings = OneWrong(softmax, 17, gradient);
      if (gradient) {
        EXPECT_EQ(findings.finite().wrong, 1u);
      } else {
        ExpectOne(findings, 24, 17, Values(24)[17], 0);
      }
    }
  }
}

TEST(ComparisonTest, ARowWithAnInfinityIsSpecial) {
  Reference softmax = Make({.function = "softmax"});
  ASSERT_TRUE(softmax.Fit({2, 2}, std::nullopt).ok());
  const float infinity = std::numeric_limits<float>::infinity();
  Comparison comparison(softmax, DType::kF32);
  ASSERT_TRUE(comparison.Add(BlockOf<float>({0, 0, -infinity, 3}, {0.5F, 0.5F, 0, 1})).ok());
  EXPECT_EQ(comparison.findings().finite().inputs, 2u);
  EXPECT_EQ(comparison.findings().special().inputs, 2u);
  EXPECT_TRUE(comparison.findings().worst().empty());
}

TEST(ComparisonTest, HalvesOfAGatedFunction) {
  const std::vector<float> x = Values(24);
  const client::Activation glu{.function = "glu", .parameters = {{"axis", 1}}};
  Reference forward = Make(glu);
  ASSERT_TRUE(forward.Fit(kShape, std::nullopt).ok());
  // Half of the second slab, whose halves are 12 to 17 and 18 to 23.
  ExpectOne(OneWrong(forward, 8, false), 12, 8, x[14], x[20]);
  Reference gradient = Make(glu, true);
  ASSERT_TRUE(gradient.Fit(kShape, std::nullopt).ok());
  ExpectOne(OneWrong(gradient, 14, true), 24, 14, x[14], x[20]);
  ExpectOne(OneWrong(gradient, 20, false), 24, 20, x[20], x[14]);
}

TEST(ComparisonTest, WeightsOfChannels) {
  const std::vector<float> values = {0.1F, 0.2F, 0.3F, 0.7F};
  Tensor weights{.shape = {4}, .bytes = std::string(16, '\0')};
  std::memcpy(weights.bytes.data(), values.data(), 16);
  const std::vector<float> x = Values(24);
  for (const bool gradient : {false, true}) {
    Reference prelu = Make({.function = "prelu"}, gradient);
    ASSERT_TRUE(prelu.Fit(kShape, weights).ok());
    // In channel 1 of the first slab, and below zero.
    ASSERT_LT(x[4], 0);
    const Findings findings = OneWrong(prelu, 4, gradient);
    ASSERT_EQ(findings.worst().size(), 1u);
    EXPECT_EQ(findings.worst()[0].x, x[4]);
    EXPECT_EQ(findings.worst()[0].companion, values[1]);
  }
}

// Where blocks end has no part in what is found, be it within a slab or a channel.
TEST(ComparisonTest, ChannelsInBlocksOfAnySize) {
  const std::vector<float> values = {0.1F, 0.2F, 0.3F, 0.7F};
  Tensor weights{.shape = {4}, .bytes = std::string(16, '\0')};
  std::memcpy(weights.bytes.data(), values.data(), 16);
  const std::vector<float> x = Values(24);
  Reference prelu = Make({.function = "prelu"});
  ASSERT_TRUE(prelu.Fit(kShape, weights).ok());
  std::vector<float> y(x.size());
  ASSERT_TRUE(prelu.Compute(DType::kF32, x.data(), nullptr, y.data(), {.count = x.size()}).ok());
  // In the last channel of the second slab, and below zero.
  ASSERT_LT(x[22], 0);
  y[22] = std::nextafter(y[22], 100.0F);
  for (size_t most = 1; most <= x.size(); ++most) {
    Comparison comparison(prelu, DType::kF32);
    for (size_t done = 0; done < x.size();) {
      const size_t count = std::min(prelu.walk().CountFrom(done, most), x.size() - done);
      ASSERT_LE(count, most);
      ASSERT_TRUE(comparison
                      .Add({.x = reinterpret_cast<const char*>(x.data() + done),
                            .results = reinterpret_cast<const char*>(y.data() + done),
                            .count = count})
                      .ok());
      done += count;
    }
    EXPECT_EQ(comparison.findings().finite().wrong, 1u) << most;
    ExpectOne(comparison.findings(), 24, 22, x[22], values[3]);
  }
}

// The gradient of a constant dy is zero in exact numbers, and noise in f64.
TEST(ComparisonTest, WhatCancelsIsMeasuredFromTheReference) {
  Reference softmax = Make({.function = "softmax"}, true);
  ASSERT_TRUE(softmax.Fit({3}, std::nullopt).ok());
  const std::vector<float> x = {0.1F, 0.2F, 0.3F}, dy = {0.7F, 0.7F, 0.7F};
  std::vector<float> dx(3);
  ASSERT_TRUE(softmax.Compute(DType::kF32, x.data(), dy.data(), dx.data(), {.count = 3}).ok());
  const std::vector<float> exact = dx;
  dx[1] += 1e-9F;
  Block block = BlockOf(x, dx);
  block.dy = reinterpret_cast<const char*>(dy.data());
  Comparison comparison(softmax, DType::kF32);
  ASSERT_TRUE(comparison.Add(block).ok());
  ASSERT_EQ(comparison.findings().worst().size(), 1u);
  EXPECT_EQ(comparison.findings().worst()[0].truth, exact[1]);
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
