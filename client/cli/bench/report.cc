#include "client/cli/bench/report.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/bench/figures.h"

namespace activation::cli {
namespace {

struct Form {
  const char* extension;
  std::string (*write)(const Report&);
};

constexpr Form kForms[] = {{".txt", ReportText},    {".json", ReportJson}, {".csv", ReportCsv},
                           {".md", ReportMarkdown}, {".html", ReportHtml}, {".hgrm", ReportHgrm}};

// Where this one was never sent the tables say so of some.
constexpr double kNoted = 99;

}  // namespace

uint64_t Report::wrong() const {
  uint64_t sum = outcome.discarded_wrong;
  for (const Point& point : outcome.points) sum += point.result.wrong;
  return sum;
}

std::vector<std::string> Report::notes() const {
  std::vector<std::string> all = outcome.main().judgement.notes;
  all.insert(all.end(), outcome.notes.begin(), outcome.notes.end());
  if (outcome.stopped() && !outcome.main().result.stopped) {
    all.emplace_back("stopped before its time, within its last point");
  }
  for (const Point& point : outcome.points) {
    if (!NeverSent(point.result, kNoted)) continue;
    all.emplace_back(
        "\"never sent\" marks a rate that was not reached: so many of the calls that were due were "
        "not sent before the time was up that the percentile is one of theirs");
    break;
  }
  return all;
}

std::string ReportHgrm(const Report& report) {
  const Histogram& latency = report.result().latency;
  constexpr double kMilli = 1e-6;
  std::string text = absl::StrFormat("%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
                                     "1/(1-Percentile)");
  const uint64_t due = latency.count() + report.result().unsent;
  uint64_t seen = 0;
  latency.ForEach([&](uint64_t value, uint64_t count) {
    seen += count;
    const double share = static_cast<double>(seen) / static_cast<double>(due);
    absl::StrAppendFormat(&text, "%12.3f %2.12f %10d", static_cast<double>(value) * kMilli, share,
                          seen);
    // The line of all calls has no such quotient.
    if (seen < due) absl::StrAppendFormat(&text, " %14.2f", 1 / (1 - share));
    text += "\n";
  });
  absl::StrAppendFormat(&text, "#[Mean    = %12.3f, Max     = %12.3f]\n#[Total count    = %d]\n",
                        latency.mean() * kMilli, static_cast<double>(latency.max()) * kMilli,
                        latency.count());
  return text;
}

std::string ReportFor(const std::string& path, const Report& report) {
  for (const Form& form : kForms) {
    if (absl::EndsWith(path, form.extension)) return form.write(report);
  }
  return ReportJson(report);
}

std::string CheckReportName(const std::string& path) {
  if (path == "-") return "";
  std::string known;
  for (const Form& form : kForms) {
    if (absl::EndsWith(path, form.extension)) return "";
    absl::StrAppend(&known, known.empty() ? "" : ", ", form.extension);
  }
  return absl::StrCat("'", path, "' has no name of a report; it must end in one of ", known);
}

}  // namespace activation::cli
