#include "client/cli/bench/threshold.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

RunResult Example() {
  RunResult result;
  for (int i = 1; i <= 1000; ++i) result.latency.Add(static_cast<uint64_t>(i) * 1000);
  result.codes = {{absl::StatusCode::kOk, 1000}, {absl::StatusCode::kUnavailable, 10}};
  result.in_time = 1000;
  result.elapsed = std::chrono::seconds(2);
  return result;
}

TEST(ThresholdTest, IsMetOrNot) {
  const RunResult result = Example();
  const auto met = [&result](const char* text) { return ParseThreshold(text)->Met(result); };
  EXPECT_EQ(met("p50<1ms"), true);
  EXPECT_EQ(met("p50<100us"), false);
  EXPECT_EQ(met("p99>2ms"), false);
  EXPECT_EQ(met("p99 > 900us"), true);
  EXPECT_EQ(met("mean<501us"), true);
  EXPECT_EQ(met("max>999us"), true);
  EXPECT_EQ(met("calls<400"), false);
  EXPECT_EQ(met("calls>400"), true);
  EXPECT_EQ(met("errors>0.5%"), true);
  EXPECT_EQ(met("errors>1%"), false);
}

TEST(ThresholdTest, TooFewSamplesSayNothing) {
  EXPECT_EQ(ParseThreshold("p99.9<1s")->Met(Example()), std::nullopt);
  EXPECT_EQ(ParseThreshold("mean<1s")->Met(RunResult()), std::nullopt);
  EXPECT_EQ(ParseThreshold("errors<1%")->Met(RunResult()), std::nullopt);
}

TEST(ThresholdTest, CallsThatWereNeverSentAreSlowerThanAllOthers) {
  RunResult result = Example();
  const auto value = [&result](const char* text) { return ParseThreshold(text)->Value(result); };
  const double median = *value("p50<1s");
  result.unsent = 20;
  EXPECT_GT(*value("p50<1s"), median);
  EXPECT_EQ(value("p98<1s"), 1e6) << "the 1000th of 1020";
  EXPECT_EQ(value("p99<1s"), std::nullopt) << "the 1010th was never sent";
  EXPECT_EQ(value("max<1s"), std::nullopt);
  EXPECT_EQ(value("mean<1s"), std::nullopt);
  EXPECT_EQ(value("calls<1"), 500.0) << "counts what was answered";
}

TEST(ThresholdTest, SharesAreOfTheBaseline) {
  const RunResult result = Example();  // 500 calls/s
  Baseline baseline;
  baseline.echo = Example();
  baseline.echo.elapsed = std::chrono::seconds(1);
  baseline.memcpy_bytes_per_second = 1e6;
  const auto met = [&](const char* text) { return ParseThreshold(text)->Met(result, &baseline); };
  EXPECT_EQ(met("echo<60%"), true);
  EXPECT_EQ(met("echo<40%"), false);
  EXPECT_EQ(met("memcpy<1%"), true);
  EXPECT_EQ(ParseThreshold("echo<60%")->Met(result), std::nullopt) << "no baseline";
  baseline.faults = {"the client is the bottleneck"};
  EXPECT_EQ(met("echo<60%"), std::nullopt) << "an invalid one";
  EXPECT_EQ(met("p50<1ms"), true) << "what asks for none";
}

TEST(ThresholdTest, RefusesWhatIsNone) {
  for (const char* text : {"", "p99", "p99=2ms", "p99<", "p100<1ms", "p0<1ms", "p99>2", "mean<0.5",
                           "px<1ms", "p99<fast", "calls<-1", "errors<1", "errors<101%", "echo<1",
                           "memcpy<-1%", "speed>1", "<2ms"}) {
    EXPECT_EQ(ParseThreshold(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(CheckThreshold(text), "") << text;
  }
  EXPECT_EQ(CheckThreshold("p99.99<2ms"), "");
}

}  // namespace
}  // namespace activation::cli
