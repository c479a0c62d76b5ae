// A finished load test as text for people and as JSON for programs.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_REPORT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_REPORT_H_

#include <string>

#include "client/cli/bench/runner.h"
#include "client/cli/bench/workload.h"

namespace activation::cli {

// Names the layout of the JSON; a change that could break a reader changes it.
inline constexpr char kReportSchema[] = "activation-bench/1";

struct Report {
  WorkloadOptions workload;
  std::string address;
  int connections = 1;
  int concurrency = 1;
  Pacer pacer{std::chrono::seconds(2), std::chrono::seconds(10)};
  size_t request_bytes = 0;  // of the tensors of one call
  size_t reply_bytes = 0;
  bool stream = false;  // calls were items of streams
  RunResult result;
};

std::string ReportText(const Report& report);
std::string ReportJson(const Report& report);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_REPORT_H_
