#include "client/cli/bench/comparison.h"

#include "client/cli/bench/report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/cli/bench/example_report.h"

namespace activation::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using Verdict = FigureChange::Verdict;

// Slices with `calls` each, give or take a little, and latencies that follow.
Report WithCalls(uint64_t calls) {
  Report report = ExampleReport();
  report.outcome.points.front().result.wrong = 0;
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
  const auto comparison = CompareReports({"a", ReportJson(a)}, {"b", ReportJson(b)}, 0.02);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *comparison;
}

TEST(ComparisonTest, MoreCallsAndLessLatencyAreBetter) {
  const Comparison comparison = Compare(WithCalls(100), WithCalls(150));
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_THAT(comparison.faults, IsEmpty());
  EXPECT_EQ(comparison.figures[0].verdict, Verdict::kBetter);
  EXPECT_NEAR(comparison.figures[0].ratio.ratio, 1.5, 0.01);
  EXPECT_EQ(comparison.figures[1].verdict, Verdict::kBetter);
  EXPECT_THAT(Compare(WithCalls(150), WithCalls(100)).Failures(),
              IsSupersetOf({"calls/s is worse", "p50 is worse"}));
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

// Fifty slices of 0.2 seconds with `calls` each, of which one in fifty takes `slow`.
Report WithSlowOnes(int calls, uint64_t slow) {
  Report report = ExampleReport();
  RunResult& result = report.outcome.points.front().result;
  result.wrong = 0;
  result.elapsed = std::chrono::seconds(10);
  result.slices.assign(50, TimeSlice());
  for (size_t i = 0; i < result.slices.size(); ++i) {
    result.slices[i].answered = static_cast<uint64_t>(calls);
    for (int n = 0; n < calls; ++n) result.slices[i].latency.Add(n % 50 == 0 ? slow + i : 1000);
  }
  return report;
}

// At a thousand calls a second no slice has a p99, but stretches of five do.
TEST(ComparisonTest, AP99IsComparedInLongerStretchesWhereCallsAreFew) {
  const Comparison comparison = Compare(WithSlowOnes(200, 1000), WithSlowOnes(200, 100000));
  EXPECT_EQ(comparison.figures[2].name, "p99");
  EXPECT_EQ(comparison.figures[2].verdict, Verdict::kWorse);
  EXPECT_EQ(comparison.figures[2].slices, 5u);
  EXPECT_EQ(comparison.figures[1].slices, 1u);
  EXPECT_THAT(comparison.Failures(), ElementsAre("p99 is worse"));
  EXPECT_THAT(ComparisonText(comparison), HasSubstr("worse, in stretches of 5 slices"));
  EXPECT_THAT(Compare(WithSlowOnes(200, 1000), WithSlowOnes(200, 1000)).Failures(), IsEmpty());
}

// Slices with many calls are not those in which a server stood still.
TEST(ComparisonTest, AFewSlicesDoNotSpeakForTheOthers) {
  Report uneven = WithSlowOnes(1000, 1000);
  auto& slices = uneven.outcome.points.front().result.slices;
  for (size_t i = 0; i < slices.size(); ++i) {
    if (i % 5 != 0) slices[i] = WithSlowOnes(500, 1000).result().slices[i];
  }
  EXPECT_EQ(Compare(uneven, uneven).figures[2].slices, 2u);
}

TEST(ComparisonTest, AFigureWithTooFewSamplesHasNoVerdict) {
  const Comparison comparison = Compare(WithCalls(100), WithCalls(150));
  EXPECT_EQ(comparison.figures[2].name, "p99");
  EXPECT_EQ(comparison.figures[2].verdict, Verdict::kUnknown);
  EXPECT_THAT(ComparisonText(comparison), HasSubstr("p99      unknown: it needs 1000 calls in"));
  EXPECT_THAT(comparison.Failures(), ElementsAre(HasSubstr("whether p99 is worse is open")));
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

// Faster, but of what?
TEST(ComparisonTest, ARunThatSaysNothingOfItsServerFails) {
  const Report good = WithSlowOnes(1000, 1000);
  Report invalid = good;
  invalid.outcome.points.front().judgement.faults = {"busy"};
  Report wrong = good;
  wrong.outcome.points.front().result.wrong = 1;
  EXPECT_THAT(Compare(good, good).Failures(), IsEmpty());
  EXPECT_THAT(Compare(good, invalid).Failures(), ElementsAre("the second run is invalid"));
  EXPECT_THAT(Compare(wrong, good).Failures(), ElementsAre("replies of the first run were wrong"));
  EXPECT_THAT(ComparisonText(Compare(wrong, good)), HasSubstr("warning  replies of the first run"));
}

TEST(ComparisonTest, RefusesWhatIsNoReport) {
  const std::string good = ReportJson(ExampleReport());
  for (const char* text : {"", "{}", "[1]", "{\"schema\": \"activation-bench/1\"}",
                           "{\"schema\": \"activation-bench/2\"}", "{\"schema\": 3}"}) {
    EXPECT_EQ(CompareReports({"a", good}, {"b", text}, 0).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(ComparisonTest, NamesTheFileAndTheField) {
  const nlohmann::json good = nlohmann::json::parse(ReportJson(ExampleReport()));
  const std::pair<const char*, nlohmann::json> kWrong[] = {
      {"/valid", "x"},
      {"/wrong_replies", -1},
      {"/load", {1}},
      {"/workload", 3},
      {"/machine", nullptr},
      {"/timeline", {1}},
      {"/timeline/slice_seconds", 0},
      {"/timeline/slice_seconds", 1e-320},
      {"/timeline/slice_seconds", "1"},
      {"/timeline/answered", {{"a", 1}}},
      {"/timeline/answered", {"1"}},
      {"/timeline/p50_ns", {-1}},
      {"/timeline/p99_ns", {1e300}},
      {"/timeline/stretches", {1}},
      {"/timeline/stretches", {{{"slices", -2}, {"p50_ns", {1}}, {"p99_ns", {1}}}}},
      {"/timeline/stretches", {{{"slices", 2}, {"p50_ns", {1}}}}},
  };
  for (const auto& [field, value] : kWrong) {
    nlohmann::json bad = good;
    bad[nlohmann::json::json_pointer(field)] = value;
    const absl::Status status =
        CompareReports({"good.json", good.dump()}, {"bad.json", bad.dump()}, 0).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_THAT(std::string(status.message()), HasSubstr("bad.json: ")) << field;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(std::string(field).substr(0, std::string(field).rfind('/') + 1)))
        << field;
  }
}

// Every answer is one of the two: a comparison that can be written, or a sentence.
TEST(ComparisonTest, NoByteFlipBreaksTheReader) {
  const std::string good = ReportJson(WithCalls(100));
  for (size_t i = 0; i < good.size(); i += 17) {
    for (const char flipped : {'0', '"', '[', '}', 'e', '-', '\xff'}) {
      std::string bad = good;
      bad[i] = flipped;
      const auto comparison = CompareReports({"a", good}, {"b", bad}, 0.02);
      if (!comparison.ok()) {
        EXPECT_THAT(std::string(comparison.status().message()), HasSubstr("b: "));
        continue;
      }
      EXPECT_THAT(ComparisonJson(*comparison), HasSubstr(kComparisonSchema));
      EXPECT_THAT(ComparisonText(*comparison), ::testing::Not(HasSubstr("nan")));
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
  EXPECT_TRUE(CompareReports({"a", text}, {"b", text}, 0).ok());
}

}  // namespace
}  // namespace activation::cli
