// Two reports side by side: what changed, and whether that is more than noise.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_
#define ACTIVATION_CLIENT_CLI_BENCH_COMPARISON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/bench/statistics.h"

namespace activation::cli {

// The schema of a comparison in JSON, which comparison.schema.json describes.
inline constexpr char kComparisonSchema[] = "activation-comparison/1";

// Stretches of a run, each with a figure, that say how sure their mean is.
inline constexpr size_t kFewestStretches = 5;

// One figure of both runs, from stretches of their timelines: the slices, or several together
// where one has too few calls for a percentile.
struct FigureChange {
  enum class Verdict { kBetter, kWorse, kSame, kUnknown };

  std::string name;
  double a = 0;  // means over stretches; calls/s, or nanoseconds
  double b = 0;
  bool more_is_better = false;
  uint64_t calls_needed = 0;  // of a percentile, in each stretch
  uint64_t slices = 1;        // that are one stretch
  RatioInterval ratio{};
  Verdict verdict = Verdict::kUnknown;  // kUnknown: too few stretches have a figure

  std::string WhyUnknown() const;
};

struct Comparison {
  std::vector<std::string> differences;  // between the two, besides their figures
  std::vector<std::string> faults;       // a run that is invalid or had wrong replies
  std::vector<FigureChange> figures;

  // Why the second cannot be said to be as good as the first; a fault is a reason, and a figure
  // that is unknown. Empty where it can.
  std::vector<std::string> Failures() const;
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
