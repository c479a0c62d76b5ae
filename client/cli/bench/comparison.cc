#include "client/cli/bench/comparison.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/bench/figures.h"
#include "client/cli/bench/report.h"
#include "client/cli/number_json.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

using Json = nlohmann::json;

// Slices that must have a figure on both sides.
constexpr size_t kFewestSlices = 5;
// A slice in which the server stood still has answered none; half a call is below any other.
constexpr double kLeastCalls = 0.5;
constexpr double kLeastNanoseconds = 1;

// Of seconds and of numbers in a report: what is beyond is no measurement, and its ratios may
// be no numbers.
constexpr double kShortestSlice = 1e-6;
constexpr double kLongestSlice = 1e6;
constexpr double kMostValue = 1e18;

bool IsColumn(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& element) {
           if (element.is_null()) return true;
           if (!element.is_number()) return false;
           const auto number = element.get<double>();
           return number >= 0 && number <= kMostValue;
         });
}

bool IsSlice(const Json& value) {
  if (!value.is_number()) return false;
  const auto seconds = value.get<double>();
  return seconds >= kShortestSlice && seconds <= kLongestSlice;
}

// What is read of a report, and what it must be.
struct Field {
  const char* name;
  bool (*is)(const Json& value);
  const char* wanted;
};

constexpr Field kFields[] = {
    {"/valid", [](const Json& value) { return value.is_boolean(); }, "true or false"},
    {"/workload", [](const Json& value) { return value.is_object(); }, "an object"},
    {"/load", [](const Json& value) { return value.is_object(); }, "an object"},
    {"/machine", [](const Json& value) { return value.is_object(); }, "an object"},
    {"/timeline", [](const Json& value) { return value.is_object(); }, "an object"},
    {"/timeline/slice_seconds", IsSlice, "a number of seconds from 1e-6 to 1e6"},
    {"/timeline/answered", IsColumn, "an array of numbers from 0 to 1e18 and null"},
    {"/timeline/p50_ns", IsColumn, "an array of numbers from 0 to 1e18 and null"},
    {"/timeline/p99_ns", IsColumn, "an array of numbers from 0 to 1e18 and null"},
};

absl::StatusOr<Json> Parse(const NamedReport& report) {
  // Copies and comparisons of what is deeper would take the stack that it asks for.
  constexpr int kDeepest = 32;
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; };
  Json json = Json::parse(report.text, keep, false);
  if (!json.is_object() || !json.contains("schema") || json["schema"] != kReportSchema) {
    return absl::InvalidArgumentError(absl::StrCat(
        report.name, ": is no report of `bench --json` with the schema ", kReportSchema));
  }
  for (const Field& field : kFields) {
    const Json::json_pointer at(field.name);
    if (!json.contains(at)) {
      return absl::InvalidArgumentError(absl::StrCat(report.name, ": has no ", field.name));
    }
    if (!field.is(json[at])) {
      return absl::InvalidArgumentError(
          absl::StrCat(report.name, ": ", field.name, " must be ", field.wanted));
    }
  }
  return json;
}

// Slices without a figure are null. Ratios are of logarithms, so zero counts as `least`.
std::vector<double> Samples(const Json& timeline, const char* name, double least, double unit) {
  std::vector<double> samples;
  for (const Json& value : timeline[name]) {
    if (value.is_number()) samples.push_back(std::max(value.get<double>(), least) * unit);
  }
  return samples;
}

FigureChange::Verdict VerdictOf(const FigureChange& change, double least) {
  const bool above = change.ratio.low > 1 && change.ratio.ratio > 1 + least;
  const bool below = change.ratio.high < 1 && change.ratio.ratio < 1 / (1 + least);
  if (!above && !below) return FigureChange::Verdict::kSame;
  return above == change.more_is_better ? FigureChange::Verdict::kBetter
                                        : FigureChange::Verdict::kWorse;
}

FigureChange Change(const std::string& name, const std::vector<double>& a,
                    const std::vector<double>& b, bool more_is_better, double least) {
  FigureChange change{
      .name = name, .a = MeanOf(a).mean, .b = MeanOf(b).mean, .more_is_better = more_is_better};
  if (std::min(a.size(), b.size()) < kFewestSlices) return change;
  change.ratio = RatioOf(a, b);
  change.verdict = VerdictOf(change, least);
  return change;
}

std::vector<std::string> Warnings(const Json& a, const Json& b) {
  std::vector<std::string> warnings;
  const auto differ = [&](const char* pointer, const char* what) {
    const Json::json_pointer at(pointer);
    if (a.value(at, Json()) != b.value(at, Json())) {
      warnings.push_back(absl::StrCat("they differ in ", what));
    }
  };
  differ("/workload", "what was sent");
  for (const char* field : {"loop", "concurrency", "threads", "connections", "rate", "arrivals"}) {
    differ(absl::StrCat("/load/", field).c_str(), field);
  }
  differ("/machine/processor", "the processor");
  differ("/machine/processors", "the number of processors");
  if (!a.value("valid", false)) warnings.emplace_back("the first run is invalid");
  if (!b.value("valid", false)) warnings.emplace_back("the second run is invalid");
  return warnings;
}

const char* VerdictName(FigureChange::Verdict verdict) {
  constexpr const char* kNames[] = {"better", "worse", "same", "unknown"};
  return kNames[static_cast<int>(verdict)];
}

std::string FigureText(const FigureChange& change, double value) {
  return change.more_is_better ? absl::StrFormat("%.0f", value) : TimeText(value);
}

}  // namespace

bool Comparison::worse() const {
  return std::any_of(figures.begin(), figures.end(), [](const FigureChange& change) {
    return change.verdict == FigureChange::Verdict::kWorse;
  });
}

absl::StatusOr<Comparison> CompareReports(const NamedReport& a, const NamedReport& b,
                                          double least) {
  const auto first = Parse(a);
  if (!first.ok()) return first.status();
  const auto second = Parse(b);
  if (!second.ok()) return second.status();
  const Json &from = (*first)["timeline"], &to = (*second)["timeline"];
  const auto per_second = [](const Json& timeline) {
    return 1 / timeline["slice_seconds"].get<double>();
  };
  Comparison comparison{.warnings = Warnings(*first, *second), .figures = {}};
  comparison.figures.push_back(
      Change("calls/s", Samples(from, "answered", kLeastCalls, per_second(from)),
             Samples(to, "answered", kLeastCalls, per_second(to)), true, least));
  for (const char* name : {"p50", "p99"}) {
    const std::string field = absl::StrCat(name, "_ns");
    comparison.figures.push_back(Change(name, Samples(from, field.c_str(), kLeastNanoseconds, 1),
                                        Samples(to, field.c_str(), kLeastNanoseconds, 1), false,
                                        least));
  }
  return comparison;
}

std::string ComparisonText(const Comparison& comparison) {
  std::string text;
  for (const std::string& warning : comparison.warnings) {
    absl::StrAppend(&text, "warning  ", warning, "\n");
  }
  absl::StrAppend(&text, absl::StrFormat("%-8s %12s %12s %8s   %-18s %s\n", "", "first", "second",
                                         "ratio", "95 % confidence", "verdict"));
  for (const FigureChange& change : comparison.figures) {
    if (change.verdict == FigureChange::Verdict::kUnknown) {
      absl::StrAppend(&text, absl::StrFormat("%-8s too few slices of the runs have this figure\n",
                                             change.name));
      continue;
    }
    absl::StrAppend(
        &text, absl::StrFormat("%-8s %12s %12s %8.3f   %-18s %s\n", change.name,
                               FigureText(change, change.a), FigureText(change, change.b),
                               change.ratio.ratio,
                               absl::StrFormat("%.3f to %.3f", change.ratio.low, change.ratio.high),
                               VerdictName(change.verdict)));
  }
  return text;
}

std::string ComparisonJson(const Comparison& comparison) {
  nlohmann::ordered_json figures = nlohmann::ordered_json::array();
  for (const FigureChange& change : comparison.figures) {
    figures.push_back({{"name", change.name},
                       {"first", change.a},
                       {"second", change.b},
                       {"ratio", NumberJson(change.ratio.ratio)},
                       {"low", NumberJson(change.ratio.low)},
                       {"high", NumberJson(change.ratio.high)},
                       {"verdict", VerdictName(change.verdict)}});
  }
  const nlohmann::ordered_json json = {
      {"schema", kComparisonSchema}, {"warnings", comparison.warnings}, {"figures", figures}};
  return json.dump(2) + "\n";
}

}  // namespace activation::cli
