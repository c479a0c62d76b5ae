// A comparison as people read it, and as programs do.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/bench/comparison.h"
#include "client/cli/bench/figures.h"
#include "client/cli/json_text.h"
#include "client/cli/number_json.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

using Verdict = FigureChange::Verdict;

const char* VerdictName(Verdict verdict) {
  constexpr const char* kNames[] = {"better", "worse", "same", "unknown"};
  return kNames[static_cast<int>(verdict)];
}

std::string FigureText(const FigureChange& change, double value) {
  return change.more_is_better ? absl::StrFormat("%.0f", value) : TimeText(value);
}

// What one sample is of, where it is more than a slice.
std::string StretchText(const FigureChange& change) {
  return change.slices == 1 ? "" : absl::StrCat(", in stretches of ", change.slices, " slices");
}

// All that a reader is warned of.
std::vector<std::string> Warnings(const Comparison& comparison) {
  std::vector<std::string> warnings = comparison.differences;
  warnings.insert(warnings.end(), comparison.faults.begin(), comparison.faults.end());
  return warnings;
}

}  // namespace

std::string ComparisonText(const Comparison& comparison) {
  std::string text;
  for (const std::string& warning : Warnings(comparison)) {
    absl::StrAppend(&text, "warning  ", warning, "\n");
  }
  absl::StrAppend(&text, absl::StrFormat("%-8s %12s %12s %8s   %-18s %s\n", "", "first", "second",
                                         "ratio", "95 % confidence", "verdict"));
  for (const FigureChange& change : comparison.figures) {
    if (change.verdict == Verdict::kUnknown) {
      absl::StrAppend(&text,
                      absl::StrFormat("%-8s unknown: %s\n", change.name, change.WhyUnknown()));
      continue;
    }
    absl::StrAppend(
        &text, absl::StrFormat("%-8s %12s %12s %8.3f   %-18s %s%s\n", change.name,
                               FigureText(change, change.a), FigureText(change, change.b),
                               change.ratio.ratio,
                               absl::StrFormat("%.3f to %.3f", change.ratio.low, change.ratio.high),
                               VerdictName(change.verdict), StretchText(change)));
  }
  return text;
}

std::string ComparisonJson(const Comparison& comparison) {
  auto figures = nlohmann::ordered_json::array();
  for (const FigureChange& change : comparison.figures) {
    figures.push_back({{"name", change.name},
                       {"first", change.a},
                       {"second", change.b},
                       {"ratio", NumberJson(change.ratio.ratio)},
                       {"low", NumberJson(change.ratio.low)},
                       {"high", NumberJson(change.ratio.high)},
                       {"slices", change.slices},
                       {"verdict", VerdictName(change.verdict)}});
  }
  const nlohmann::ordered_json json = {
      {"schema", kComparisonSchema}, {"warnings", Warnings(comparison)}, {"figures", figures}};
  return JsonText(json, 2);
}

}  // namespace activation::cli
