// A condition on a run, as "p99<2ms": what an SLO asks for, and what fails a build.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_THRESHOLD_H_
#define ACTIVATION_CLIENT_CLI_BENCH_THRESHOLD_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/bench/run_result.h"

namespace activation::cli {

struct Threshold {
  // Latencies in nanoseconds; calls/s; errors as a share of all calls.
  enum class Metric { kPercentile, kMean, kMax, kCalls, kErrors };

  std::string text;  // as it was written
  Metric metric = Metric::kPercentile;
  double percent = 99;  // of kPercentile
  bool less = false;    // whether it is met below the bound, or above
  double bound = 0;

  // Nothing where there are too few samples to say, or where it is about calls that were
  // due and never sent: a percentile above all others, and mean and max where there are any.
  std::optional<double> Value(const RunResult& result) const;
  std::optional<bool> Met(const RunResult& result) const;

  // Calls that must have been due before it can be said, whatever they took.
  uint64_t CallsNeeded() const;
};

// METRIC<VALUE or METRIC>VALUE; the metric is p and a percentage below 100, mean or max
// with a length of time, calls with a number, errors with a percentage. INVALID_ARGUMENT
// says so.
absl::StatusOr<Threshold> ParseThreshold(const std::string& text);

// For CLI11: "" where it is one.
std::string CheckThreshold(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_THRESHOLD_H_
