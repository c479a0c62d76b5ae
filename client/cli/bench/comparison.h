// Two reports side by side: what changed, and whether that is more than noise.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_
#define ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/bench/statistics.h"

namespace activation::cli {

// One figure of both runs, from the slices of their timelines.
struct FigureChange {
  enum class Verdict { kBetter, kWorse, kSame, kUnknown };

  std::string name;
  double a = 0;  // means over slices; calls/s, or nanoseconds
  double b = 0;
  bool more_is_better = false;
  RatioInterval ratio{};
  Verdict verdict = Verdict::kUnknown;  // kUnknown: too few slices have a figure
};

struct Comparison {
  std::vector<std::string> warnings;  // why the two can hardly be compared
  std::vector<FigureChange> figures;

  bool worse() const;
};

// Two reports in JSON, of this schema or the error says so. What differs by less than
// `least`, a share, is the same whatever the confidence.
absl::StatusOr<Comparison> CompareReports(const std::string& a, const std::string& b, double least);

std::string ComparisonText(const Comparison& comparison);
std::string ComparisonJson(const Comparison& comparison);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_
