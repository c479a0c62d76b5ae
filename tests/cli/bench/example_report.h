// A report whose figures are known.
#ifndef ACTIVATION_TESTS_CLI_BENCH_EXAMPLE_REPORT_H_
#define ACTIVATION_TESTS_CLI_BENCH_EXAMPLE_REPORT_H_

#include "client/cli/bench/report.h"

namespace activation::cli {

// 2000 calls of two items of 1000 elements answered in two seconds, each after 1 us, three
// failed, one wrong; ten slices.
inline Report ExampleReport() {
  Report report;
  report.address = "127.0.0.1:50051";
  report.machine = {.processor = "A & B <C>", .processors = 2, .system = "Linux", .time = "now"};
  report.cases = {{{.shape = {1000}, .items = 2}, 8000, 8000}};
  Point point{.load = {.concurrency = 4}, .result = {}, .judgement = {}};
  RunResult& result = point.result;
  for (int i = 0; i < 2000; ++i) result.latency.Add(1000);
  result.codes = {{absl::StatusCode::kOk, 2000}, {absl::StatusCode::kUnavailable, 3}};
  result.in_time = 2000;
  result.elements = 2000.0 * 2000;
  result.bytes = 2000.0 * 16000;
  result.elapsed = std::chrono::seconds(2);
  result.wrong = 1;
  result.slices.resize(10);
  result.slice_length = std::chrono::milliseconds(200);
  for (TimeSlice& slice : result.slices) {
    slice.answered = 200;
    for (int i = 0; i < 200; ++i) slice.latency.Add(1000);
  }
  result.stages = {
      .calls = 2, .client = 2000, .wire = 4000, .queue = 200, .copy = 600, .kernel = 1200};
  report.outcome.points = {point};
  return report;
}

}  // namespace activation::cli

#endif  // ACTIVATION_TESTS_CLI_BENCH_EXAMPLE_REPORT_H_
