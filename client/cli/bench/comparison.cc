#include "client/cli/bench/comparison.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/cli/bench/figures.h"
#include "client/cli/bench/report.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

using ReportValue = nlohmann::json;

// The share of a run's stretches that must have a figure: those without are no chance sample,
// as calls are few where a server stands still.
constexpr double kLeastShare = 0.9;
// A slice in which the server stood still has answered none; half a call is below any other.
constexpr double kLeastCalls = 0.5;
constexpr double kLeastNanoseconds = 1;

// Of seconds and of numbers in a report: what is beyond is no measurement, and its ratios may
// be no numbers.
constexpr double kShortestSlice = 1e-6;
constexpr double kLongestSlice = 1e6;
constexpr double kMostValue = 1e18;

bool IsColumn(const ReportValue& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const ReportValue& element) {
           if (element.is_null()) return true;
           if (!element.is_number()) return false;
           const auto number = element.get<double>();
           return number >= 0 && number <= kMostValue;
         });
}

bool IsSlice(const ReportValue& value) {
  if (!value.is_number()) return false;
  const auto seconds = value.get<double>();
  return seconds >= kShortestSlice && seconds <= kLongestSlice;
}

bool AreStretches(const ReportValue& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const ReportValue& one) {
           return one.is_object() && one.contains("slices") && one["slices"].is_number_unsigned() &&
                  one.contains("p50_ns") && IsColumn(one["p50_ns"]) && one.contains("p99_ns") &&
                  IsColumn(one["p99_ns"]);
         });
}

// What is read of a report, and what it must be.
struct Field {
  const char* name;
  bool (*is)(const ReportValue& value);
  const char* wanted;
  bool optional = false;
};

constexpr Field kFields[] = {
    {"/valid", [](const ReportValue& value) { return value.is_boolean(); }, "true or false"},
    {"/wrong_replies", [](const ReportValue& value) { return value.is_number_unsigned(); },
     "an integer of at least 0"},
    {"/workload", [](const ReportValue& value) { return value.is_object(); }, "an object"},
    {"/load", [](const ReportValue& value) { return value.is_object(); }, "an object"},
    {"/machine", [](const ReportValue& value) { return value.is_object(); }, "an object"},
    {"/timeline", [](const ReportValue& value) { return value.is_object(); }, "an object"},
    {"/timeline/slice_seconds", IsSlice, "a number of seconds from 1e-6 to 1e6"},
    {"/timeline/answered", IsColumn, "an array of numbers from 0 to 1e18 and null"},
    {"/timeline/p50_ns", IsColumn, "an array of numbers from 0 to 1e18 and null"},
    {"/timeline/p99_ns", IsColumn, "an array of numbers from 0 to 1e18 and null"},
    {"/timeline/stretches", AreStretches, "an array of objects with slices, p50_ns and p99_ns",
     true},
};

absl::StatusOr<ReportValue> Parse(const NamedReport& report) {
  // Copies and comparisons of what is deeper would take the stack that it asks for.
  constexpr int kDeepest = 32;
  const auto keep = [](int depth, ReportValue::parse_event_t, ReportValue&) {
    return depth <= kDeepest;
  };
  ReportValue json = ReportValue::parse(report.text, keep, false);
  if (!json.is_object() || !json.contains("schema") || json["schema"] != kReportSchema) {
    return absl::InvalidArgumentError(absl::StrCat(
        report.name, ": is no report of `bench --json` with the schema ", kReportSchema));
  }
  for (const Field& field : kFields) {
    const ReportValue::json_pointer at(field.name);
    if (!json.contains(at)) {
      if (field.optional) continue;
      return absl::InvalidArgumentError(absl::StrCat(report.name, ": has no ", field.name));
    }
    if (!field.is(json[at])) {
      return absl::InvalidArgumentError(
          absl::StrCat(report.name, ": ", field.name, " must be ", field.wanted));
    }
  }
  return json;
}

// A figure in each stretch of a run.
struct Samples {
  std::vector<double> values{};
  size_t stretches = 0;  // also those without a value

  bool enough() const {
    return values.size() >= kFewestStretches &&
           static_cast<double>(values.size()) >= kLeastShare * static_cast<double>(stretches);
  }
};

// Stretches without a figure are null. Ratios are of logarithms, so zero counts as `least`.
Samples SamplesOf(const ReportValue& column, double least, double unit) {
  Samples samples{.stretches = column.size()};
  for (const ReportValue& value : column) {
    if (value.is_number()) samples.values.push_back(std::max(value.get<double>(), least) * unit);
  }
  return samples;
}

// A percentile in stretches of so many slices; none where the report has no such stretches.
std::optional<Samples> PercentileSamples(const ReportValue& timeline, const std::string& field,
                                         uint64_t slices) {
  if (slices == 1) return SamplesOf(timeline[field], kLeastNanoseconds, 1);
  if (!timeline.contains("stretches")) return std::nullopt;
  for (const ReportValue& stretches : timeline["stretches"]) {
    if (stretches["slices"] == slices) {
      return SamplesOf(stretches[field], kLeastNanoseconds, 1);
    }
  }
  return std::nullopt;
}

FigureChange::Verdict VerdictOf(const FigureChange& change, double least) {
  const bool above = change.ratio.low > 1 && change.ratio.ratio > 1 + least;
  const bool below = change.ratio.high < 1 && change.ratio.ratio < 1 / (1 + least);
  if (!above && !below) return FigureChange::Verdict::kSame;
  return above == change.more_is_better ? FigureChange::Verdict::kBetter
                                        : FigureChange::Verdict::kWorse;
}

FigureChange Change(FigureChange change, const Samples& a, const Samples& b, double least) {
  change.a = MeanOf(a.values).mean;
  change.b = MeanOf(b.values).mean;
  if (!a.enough() || !b.enough()) return change;
  change.ratio = RatioOf(a.values, b.values);
  change.verdict = VerdictOf(change, least);
  return change;
}

FigureChange CallsChange(const ReportValue& from, const ReportValue& to, double least) {
  const auto samples = [](const ReportValue& timeline) {
    return SamplesOf(timeline["answered"], kLeastCalls,
                     1 / timeline["slice_seconds"].get<double>());
  };
  return Change({.name = "calls/s", .more_is_better = true}, samples(from), samples(to), least);
}

// In the shortest stretches, the same on both sides, that have calls enough. Those of another
// length would not do: a stall is in one slice of ten, and in the stretch that these are.
FigureChange PercentileChange(double percent, const ReportValue& from, const ReportValue& to,
                              double least) {
  const std::string name = PercentName(percent);
  const FigureChange figure{.name = name, .calls_needed = Histogram::SamplesNeeded(percent)};
  const std::string field = name + "_ns";
  FigureChange change =
      Change(figure, *PercentileSamples(from, field, 1), *PercentileSamples(to, field, 1), least);
  if (!from.contains("stretches")) return change;
  for (const ReportValue& stretches : from["stretches"]) {
    if (change.verdict != FigureChange::Verdict::kUnknown) break;
    const auto slices = stretches["slices"].get<uint64_t>();
    const auto a = PercentileSamples(from, field, slices);
    const auto b = PercentileSamples(to, field, slices);
    if (!a || !b) continue;
    change = Change(figure, *a, *b, least);
    change.slices = slices;
  }
  return change;
}

std::vector<std::string> Differences(const ReportValue& a, const ReportValue& b) {
  std::vector<std::string> differences;
  const auto differ = [&](const char* pointer, const char* what) {
    const ReportValue::json_pointer at(pointer);
    if (a.value(at, ReportValue()) != b.value(at, ReportValue())) {
      differences.push_back(absl::StrCat("they differ in ", what));
    }
  };
  differ("/workload", "what was sent");
  for (const char* field : {"loop", "concurrency", "threads", "connections", "rate", "arrivals"}) {
    differ(absl::StrCat("/load/", field).c_str(), field);
  }
  differ("/timeline/slice_seconds", "how long their slices are");
  differ("/machine/processor", "the processor");
  differ("/machine/processors", "the number of processors");
  return differences;
}

std::vector<std::string> Faults(const ReportValue& a, const ReportValue& b) {
  std::vector<std::string> faults;
  const auto judge = [&faults](const ReportValue& report, const char* run) {
    if (!report["valid"].get<bool>())
      faults.push_back(absl::StrCat("the ", run, " run is invalid"));
    if (report["wrong_replies"] > 0) {
      faults.push_back(absl::StrCat("replies of the ", run, " run were wrong"));
    }
  };
  judge(a, "first");
  judge(b, "second");
  return faults;
}

}  // namespace

std::vector<std::string> Comparison::Failures() const {
  std::vector<std::string> failures = faults;
  for (const FigureChange& change : figures) {
    if (change.verdict == FigureChange::Verdict::kWorse) {
      failures.push_back(absl::StrCat(change.name, " is worse"));
    } else if (change.verdict == FigureChange::Verdict::kUnknown) {
      failures.push_back(
          absl::StrCat("whether ", change.name, " is worse is open: ", change.WhyUnknown()));
    }
  }
  return failures;
}

std::string FigureChange::WhyUnknown() const {
  return calls_needed > 0
             ? absl::StrCat("it needs ", calls_needed, " calls in each of at least ",
                            kFewestStretches, " stretches, and in 9 of 10 of them, of both runs")
             : absl::StrCat("it needs ", kFewestStretches, " slices of both runs");
}

absl::StatusOr<Comparison> CompareReports(const NamedReport& a, const NamedReport& b,
                                          double least) {
  const auto first = Parse(a);
  if (!first.ok()) return first.status();
  const auto second = Parse(b);
  if (!second.ok()) return second.status();
  const ReportValue &from = (*first)["timeline"], &to = (*second)["timeline"];
  Comparison comparison{.differences = Differences(*first, *second),
                        .faults = Faults(*first, *second),
                        .figures = {}};
  comparison.figures.push_back(CallsChange(from, to, least));
  for (const double percent : {50.0, 99.0}) {
    comparison.figures.push_back(PercentileChange(percent, from, to, least));
  }
  return comparison;
}

}  // namespace activation::cli
