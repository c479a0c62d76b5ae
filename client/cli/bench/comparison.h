// Two reports side by side: what changed, and whether that is more than noise.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_
#define ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/bench/statistics.h"

namespace activation::cli {

// The schema of a comparison in JSON, which comparison.schema.json describes.
inline constexpr char kComparisonSchema[] = "activation-comparison/1";

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

// A report in JSON, and the file that it is from.
struct NamedReport {
  std::string name;
  std::string text;
};

// INVALID_ARGUMENT with the file and the field where one is no report of this schema. What
// differs by less than `least`, a share, is the same whatever the confidence.
absl::StatusOr<Comparison> CompareReports(const NamedReport& a, const NamedReport& b, double least);

std::string ComparisonText(const Comparison& comparison);
std::string ComparisonJson(const Comparison& comparison);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_
