#include "client/cli/bench/comparison.h"

#include "client/cli/bench/report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/cli/bench/example_report.h"

namespace activation::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Verdict = FigureChange::Verdict;

// Slices with `calls` each, give or take a little, and latencies that follow.
Report WithCalls(uint64_t calls) {
  Report report = ExampleReport();
  uint64_t i = 0;
  for (TimeSlice& slice : report.outcome.points.front().result.slices) {
    slice.answered = calls + i % 3;
    slice.latency = Histogram();
    for (int n = 0; n < 50; ++n) slice.latency.Add(1000000 / calls + i % 3);
    ++i;
  }
  return report;
}

Comparison Compare(const Report& a, const Report& b) {
  const auto comparison = CompareReports(ReportJson(a), ReportJson(b), 0.02);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *comparison;
}

TEST(ComparisonTest, MoreCallsAndLessLatencyAreBetter) {
  const Comparison comparison = Compare(WithCalls(100), WithCalls(150));
  EXPECT_THAT(comparison.warnings, IsEmpty());
  EXPECT_EQ(comparison.figures[0].verdict, Verdict::kBetter);
  EXPECT_NEAR(comparison.figures[0].ratio.ratio, 1.5, 0.01);
  EXPECT_EQ(comparison.figures[1].verdict, Verdict::kBetter);
  EXPECT_FALSE(comparison.worse());
  EXPECT_TRUE(Compare(WithCalls(150), WithCalls(100)).worse());
}

TEST(ComparisonTest, NoiseAndTriflesAreTheSame) {
  EXPECT_EQ(Compare(WithCalls(1000), WithCalls(1000)).figures[0].verdict, Verdict::kSame);
  EXPECT_EQ(Compare(WithCalls(1000), WithCalls(1010)).figures[0].verdict, Verdict::kSame)
      << "surely more, but by less than two per cent";
}

// In a closed loop nothing else shows it: while the server stands still nothing is sent.
TEST(ComparisonTest, SlicesWithoutACallAreWorse) {
  Report stalled = WithCalls(100);
  auto& slices = stalled.outcome.points.front().result.slices;
  for (size_t i = 0; i < slices.size(); i += 2) slices[i] = TimeSlice();
  EXPECT_EQ(Compare(WithCalls(100), stalled).figures[0].verdict, Verdict::kWorse);
  EXPECT_EQ(Compare(stalled, WithCalls(100)).figures[0].verdict, Verdict::kBetter);
}

TEST(ComparisonTest, AFigureWithTooFewSamplesHasNoVerdict) {
  const Comparison comparison = Compare(WithCalls(100), WithCalls(150));
  EXPECT_EQ(comparison.figures[2].name, "p99");
  EXPECT_EQ(comparison.figures[2].verdict, Verdict::kUnknown);
  EXPECT_THAT(ComparisonText(comparison), HasSubstr("p99      too few slices"));
}

TEST(ComparisonTest, WarnsOfWhatDiffersBesides) {
  Report other = WithCalls(100);
  other.outcome.points.front().load.concurrency = 9;
  other.outcome.points.front().judgement.faults = {"busy"};
  other.machine.processor = "another";
  const std::string text = ComparisonText(Compare(WithCalls(100), other));
  for (const char* warning :
       {"differ in concurrency", "the second run is invalid", "differ in the processor"}) {
    EXPECT_THAT(text, HasSubstr(warning));
  }
}

TEST(ComparisonTest, RefusesWhatIsNoReport) {
  const std::string good = ReportJson(ExampleReport());
  for (const char* text : {"", "{}", "[1]", "{\"schema\": \"activation-bench/1\"}",
                           "{\"schema\": \"activation-bench/2\"}", "{\"schema\": 3}"}) {
    EXPECT_EQ(CompareReports(good, text, 0).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

// Each would do, but for the type of one field.
TEST(ComparisonTest, RefusesFieldsOfOtherTypes) {
  const std::string good = ReportJson(ExampleReport());
  for (const char* pointer : {"/valid", "/load", "/machine", "/workload", "/timeline/slice_seconds",
                              "/timeline/answered", "/timeline/p50_ns", "/timeline/p99_ns"}) {
    for (const char* value : {"[]", "{}", "\"text\"", "null", "0", "-1"}) {
      auto json = nlohmann::json::parse(good);
      const nlohmann::json::json_pointer at(pointer);
      const auto other = nlohmann::json::parse(value);
      if (other.type() == json[at].type()) continue;
      json[at] = other;
      const absl::Status status = CompareReports(json.dump(), good, 0).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << pointer << " " << value;
      EXPECT_THAT(std::string(status.message()), HasSubstr(pointer));
    }
  }
}

TEST(ComparisonTest, HasRoomOnTheStackForAnyReport) {
  const std::string good = ReportJson(ExampleReport());
  auto json = nlohmann::json::parse(good);
  json["workload"]["deep"] = "here";
  std::string text = json.dump();
  const std::string deep = std::string(1000000, '[') + std::string(1000000, ']');
  text.replace(text.find("\"here\""), 6, deep);
  EXPECT_TRUE(CompareReports(text, text, 0).ok());
}

}  // namespace
}  // namespace activation::cli
