// A condition on a run, as "p99<2ms", or on a run beside its baseline, as "echo<80%": what an SLO
// asks for, and what fails a build.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_THRESHOLD_H_
#define ACTIVATION_CLIENT_CLI_BENCH_THRESHOLD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/bench/baseline.h"
#include "client/cli/bench/run_result.h"

namespace activation::cli {

struct Threshold {
  // Latencies in nanoseconds; calls/s; errors as a share of all calls; calls/s as a share of
  // the echo's, bytes/s as a share of memcpy's.
  enum class Metric { kPercentile, kMean, kMax, kCalls, kErrors, kEcho, kMemcpy };

  std::string text;  // as it was written
  Metric metric = Metric::kPercentile;
  double percent = 99;  // of kPercentile
  bool less = false;    // whether it is met below the bound, or above
  double bound = 0;

  // Nothing where there are too few samples to say, or where it is about calls that were
  // due and never sent: a percentile above all others, and mean and max where there are any;
  // or about a baseline that there is not or that is invalid.
  std::optional<double> Value(const RunResult& result, const Baseline* baseline = nullptr) const;
  std::optional<bool> Met(const RunResult& result, const Baseline* baseline = nullptr) const;

  // Whether it is about the baseline.
  bool NeedsBaseline() const { return metric == Metric::kEcho || metric == Metric::kMemcpy; }

  // Calls that must have been due before it can be said, whatever they took.
  uint64_t CallsNeeded() const;
};

// METRIC<VALUE or METRIC>VALUE; the metric is p and a percentage below 100, mean or max
// with a length of time, calls with a number, errors, echo or memcpy with a percentage.
// INVALID_ARGUMENT says so.
absl::StatusOr<Threshold> ParseThreshold(const std::string& text);

// Of texts that each are one.
std::vector<Threshold> ParsedThresholds(const std::vector<std::string>& texts);

// For CLI11: "" where it is one.
std::string CheckThreshold(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_THRESHOLD_H_
