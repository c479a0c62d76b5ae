#include <string>
#include <utility>

#include "client/cli/bench/comparison.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

// As little as a report can have.
constexpr char kSound[] = R"({"schema":"activation-bench/2","valid":true,"workload":{},"load":{},
  "machine":{"processor":"p"},"timeline":{"slice_seconds":1,"answered":[5,6,5,6,5],
  "p50_ns":[1,2,1,2,1],"p99_ns":[3,4,3,null,3],
  "stretches":[{"slices":2,"p50_ns":[1,1,1,1,1],"p99_ns":[3,3,3,3,3]}]}})";

std::string CheckComparison(const cli::Comparison& comparison) {
  if (comparison.figures.size() != 3) return "another number of figures";
  if (cli::ComparisonText(comparison).empty()) return "no text";
  return cli::ComparisonJson(comparison).empty() ? "no JSON" : "";
}

}  // namespace

std::string CheckReport(absl::string_view input) {
  const std::string text(input);
  constexpr double kLeast = 0.02;
  for (const auto& [a, b] : {std::pair(text, std::string(kSound)), {std::string(kSound), text}}) {
    const auto comparison = cli::CompareReports({"a", a}, {"b", b}, kLeast);
    if (!comparison.ok()) continue;
    std::string problem = CheckComparison(*comparison);
    if (!problem.empty()) return problem;
  }
  const auto itself = cli::CompareReports({"a", text}, {"b", text}, kLeast);
  if (!itself.ok()) return "";
  using Verdict = cli::FigureChange::Verdict;
  for (const cli::FigureChange& change : itself->figures) {
    if (change.verdict != Verdict::kSame && change.verdict != Verdict::kUnknown) {
      return "a report differs from itself";
    }
  }
  return "";
}

}  // namespace activation::fuzz
