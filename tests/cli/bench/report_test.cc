#include "client/cli/bench/report.h"

#include "client/cli/duration_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

Report Example() {
  Report report;
  report.workload.activation.function = "gelu";
  report.workload.elements = 1000;
  report.workload.items = 2;
  report.request_bytes = report.reply_bytes = 8000;
  report.concurrency = 4;
  for (int i = 0; i < 2000; ++i) report.result.latency.Add(1000);
  report.result.codes = {{absl::StatusCode::kOk, 2000}, {absl::StatusCode::kUnavailable, 3}};
  report.result.elapsed = seconds(2);
  report.result.wrong = 1;
  return report;
}

TEST(ReportTest, JsonHasSchemaRatesCodesAndPercentiles) {
  const auto json = nlohmann::json::parse(ReportJson(Example()));
  EXPECT_EQ(json["schema"], "activation-bench/1");
  EXPECT_EQ(json["workload"]["function"], "gelu");
  EXPECT_EQ(json["load"]["concurrency"], 4);
  EXPECT_EQ(json["throughput"]["calls_per_second"], 1000);
  EXPECT_EQ(json["throughput"]["elements_per_second"], 2e6);
  EXPECT_EQ(json["throughput"]["bytes_per_second"], 16e6);
  EXPECT_EQ(json["codes"]["OK"], 2000);
  EXPECT_EQ(json["codes"]["UNAVAILABLE"], 3);
  EXPECT_EQ(json["wrong_replies"], 1);
  EXPECT_EQ(json["latency_ns"]["samples"], 2000);
  EXPECT_EQ(json["latency_ns"]["percentiles"]["p99"], 1000);
  EXPECT_TRUE(json["latency_ns"]["percentiles"]["p99.99"].is_null()) << "too few samples";
}

TEST(ReportTest, TextSaysTheSame) {
  const std::string text = ReportText(Example());
  EXPECT_THAT(text, HasSubstr("gelu forward, f32, exact tier: 2 items of 1000 elements"));
  EXPECT_THAT(text, HasSubstr("calls      2000, 1000/s"));
  EXPECT_THAT(text, HasSubstr("elements   2.00 million/s"));
  EXPECT_THAT(text, HasSubstr("tensors    16.00 MB/s"));
  EXPECT_THAT(text, HasSubstr("UNAVAILABLE 3"));
  EXPECT_THAT(text, HasSubstr("p50      1 us"));
  EXPECT_THAT(text, HasSubstr("p99.99   needs 100000 samples"));
}

TEST(ReportTest, ARunOfNothingHasNoRates) {
  const auto json = nlohmann::json::parse(ReportJson(Report()));
  EXPECT_EQ(json["throughput"]["calls_per_second"], 0);
  EXPECT_TRUE(json["latency_ns"]["percentiles"]["p50"].is_null());
}

TEST(DurationTextTest, ReadsWhatPeopleWrite) {
  EXPECT_EQ(ParseDuration("500ms"), std::chrono::milliseconds(500));
  EXPECT_EQ(ParseDuration("2"), seconds(2));
  EXPECT_EQ(ParseDuration("1m30s"), seconds(90));
  EXPECT_EQ(ParseDuration("0"), seconds(0));
  for (const char* text : {"", "abc", "-1s", "-1", "nan", "inf", "1e300", "2 weeks"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

TEST(DurationTextTest, ThreeDigitsInTheUnitThatFits) {
  EXPECT_EQ(DurationText(nanoseconds(731)), "731 ns");
  EXPECT_EQ(DurationText(nanoseconds(15230)), "15.2 us");
  EXPECT_EQ(DurationText(nanoseconds(999999)), "1 ms");
  EXPECT_EQ(DurationText(microseconds(1043)), "1.04 ms");
  EXPECT_EQ(DurationText(seconds(3600)), "3600 s");
}

}  // namespace
}  // namespace activation::cli
