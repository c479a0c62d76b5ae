#include "client/cli/check/report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace activation::cli::check {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Many right results, and two that are not.
Findings Example() {
  Findings findings;
  for (int i = 0; i < 99998; ++i) findings.AddRight(i % 100 / 25.0, true, false);
  findings.AddWrong({.index = 7,
                     .x = 2.5,
                     .dy = 1,
                     .result = 3,
                     .expected = 2,
                     .truth = 2.0625,
                     .ulp = 120,
                     .places = 128},
                    true);
  findings.AddWrong({.index = 9,
                     .x = 2,
                     .dy = 1,
                     .result = NAN,
                     .expected = 2,
                     .truth = 2,
                     .ulp = std::numeric_limits<double>::infinity(),
                     .places = std::numeric_limits<double>::infinity()},
                    true);
  return findings;
}

Report ReportOn(const Findings& findings) {
  return {.activation = {.function = "leaky_relu", .parameters = {{"slope", 0.5}}},
          .dtype = DType::kBF16,
          .findings = &findings};
}

TEST(ReportTextTest, SaysWhatAndHowMuchAndWhere) {
  const Findings findings = Example();
  const std::string text = ReportText(ReportOn(findings));
  EXPECT_THAT(text, HasSubstr("leaky_relu slope=0.5 in bf16"));
  EXPECT_THAT(text, HasSubstr("100,000\n"));
  // Not 100: something is wrong.
  EXPECT_THAT(text, HasSubstr("99.99 %, 2 wrong, 2 not even next"));
  EXPECT_THAT(text, HasSubstr("120 ULP at x = 2.5"));
  EXPECT_THAT(text, HasSubstr("NaN             9  2"));
  EXPECT_THAT(text, Not(HasSubstr("dy")));
}

TEST(ReportTextTest, SaysThatNothingIsWrong) {
  Findings findings;
  findings.AddRight(1, true, false);
  const std::string text = ReportText(ReportOn(findings));
  EXPECT_THAT(text, HasSubstr("100.00 %, 0 wrong"));
  EXPECT_THAT(text, HasSubstr("at most 0.5 ULP"));
  EXPECT_THAT(text, Not(HasSubstr("The worst")));
}

// NaN for numbers, and nothing else that is wrong, is no error of half a unit.
TEST(ReportTextTest, SaysWhereNoErrorHasASize) {
  Findings findings;
  Wrong wrong{.x = 1, .result = NAN, .expected = 1, .truth = 1};
  wrong.ulp = wrong.places = std::numeric_limits<double>::infinity();
  findings.AddWrong(wrong, true);
  for (const DType dtype : {DType::kF32, DType::kF64}) {
    Report report = ReportOn(findings);
    report.dtype = dtype;
    EXPECT_THAT(ReportText(report), HasSubstr("largest error           of no size (NaN)\n"));
    EXPECT_THAT(ReportText(report), Not(HasSubstr("ULP up to")));
  }
}

TEST(ReportTextTest, SaysNothingOfErrorsWhereNothingWasFinite) {
  Findings findings;
  findings.AddRight(NAN, false, false);
  EXPECT_THAT(ReportText(ReportOn(findings)), HasSubstr("largest error           -\n"));
}

TEST(ReportTextTest, SaysWhatTheReferenceOfF64Is) {
  Findings findings;
  Report report = ReportOn(findings);
  report.dtype = DType::kF64;
  EXPECT_THAT(ReportText(report), HasSubstr("right to 1 ULP"));
}

TEST(ReportJsonTest, HasEveryFigure) {
  const Findings findings = Example();
  Report report = ReportOn(findings);
  report.max_ulp = 200;
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["schema"], kSchema);
  EXPECT_EQ(json["parameters"]["slope"], 0.5);
  EXPECT_EQ(json["finite_inputs"]["wrong"], 2);
  EXPECT_EQ(json["finite_inputs"]["largest"]["ulp"], 120);
  EXPECT_EQ(json["special_inputs"]["largest"], nullptr);
  EXPECT_EQ(json["worst"][0]["result"], "NaN");
  EXPECT_EQ(json["worst"][0]["ulp"], nullptr);
  EXPECT_EQ(json["worst"][1]["index"], 7);
  EXPECT_EQ(json["histogram"][0]["results"], 99998);
  EXPECT_EQ(json["histogram"][1]["up_to_ulp"], 128);
  EXPECT_EQ(json["passed"], false);  // NaN
}

TEST(ReportTest, WhatWasStoppedHasNotPassed) {
  Findings findings;
  findings.AddRight(1, true, false);
  Report report = ReportOn(findings);
  report.max_ulp = 1;
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["passed"], true);
  report.stopped_early = true;
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["passed"], false);
  EXPECT_THAT(ReportText(report), HasSubstr("stopped before the end"));
}

TEST(ReportPlotTest, IsTheErrorsLogarithm) {
  const Findings findings = Example();
  const Plot plot = ReportPlot(ReportOn(findings));
  ASSERT_EQ(plot.curves.size(), 1u);
  ASSERT_EQ(plot.x.size(), plot.curves[0].y.size());
  EXPECT_EQ(*std::max_element(plot.curves[0].y.begin(), plot.curves[0].y.end()), std::log2(120));
  EXPECT_EQ(*std::min_element(plot.curves[0].y.begin(), plot.curves[0].y.end()), -1);
  EXPECT_EQ(plot.y_text(3), "8");
  EXPECT_EQ(plot.y_text(20), "2^20");
  EXPECT_EQ(plot.y_text(0.5), "");
}

}  // namespace
}  // namespace activation::cli::check
