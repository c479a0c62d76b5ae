#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/check/report.h"
#include "client/cli/number_text.h"

namespace activation::cli::check {
namespace {

// "65,280".
std::string Grouped(uint64_t count) {
  std::string text = absl::StrCat(count);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string UlpText(double ulp) { return std::isinf(ulp) ? "NaN" : absl::StrFormat("%.4g", ulp); }

// Of a whole that is not 0.
double Percent(uint64_t part, uint64_t whole) {
  return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

// All are shown only where that is so: 99.9999 % is not 100. Nothing has no share.
std::string ShareText(uint64_t part, uint64_t whole) {
  if (whole == 0) return "-";
  const double percent = Percent(part, whole);
  return absl::StrFormat("%.2f %%", part == whole ? percent : std::min(percent, 99.99));
}

std::string Line(const std::string& name, const std::string& text) {
  return absl::StrFormat("%-24s%s\n", name, text);
}

// An input as other tools name it, -8.625: the shortest text that means the same number
// of bf16 is -8.6.
std::string InputText(const Report& report, double input) {
  return SizeOf(report.dtype) > 2 ? NumberText(report.dtype, input)
                                  : absl::StrFormat("%.6g", input);
}

// "" where there is none.
std::string CompanionName(const Report& report) {
  switch (report.companion) {
    case CompanionKind::kOtherHalf:
      return "other half";
    case CompanionKind::kWeight:
      return "weight";
    case CompanionKind::kNone:
      break;
  }
  return "";
}

std::string Place(const Report& report, const Wrong& wrong) {
  std::string place = absl::StrCat("x = ", InputText(report, wrong.x));
  if (const std::string companion = CompanionName(report); !companion.empty()) {
    absl::StrAppend(&place, ", ", companion, " = ", InputText(report, wrong.companion));
  }
  if (report.has_dy) absl::StrAppend(&place, ", dy = ", InputText(report, wrong.dy));
  return place;
}

std::string MaxText(const Report& report, const Tally& tally) {
  if (tally.worst.ulp > 0) {
    return absl::StrCat(UlpText(tally.worst.ulp), " ULP at ", Place(report, tally.worst));
  }
  if (tally.inputs == 0) return "-";
  if (tally.nan_made + tally.nan_lost > 0) return "of no size (NaN)";
  return report.dtype == DType::kF64 ? "none" : "at most 0.5 ULP";
}

std::string Summary(const Report& report) {
  const Tally& finite = report.findings->finite();
  const Tally& special = report.findings->special();
  std::string text = Line("finite inputs", Grouped(finite.inputs));
  absl::StrAppend(
      &text,
      Line(report.dtype == DType::kF64 ? "as the reference" : "correctly rounded",
           absl::StrCat(ShareText(finite.right(), finite.inputs), ", ", Grouped(finite.wrong),
                        " wrong, ", Grouped(finite.far), " not even next")),
      Line("largest error", MaxText(report, finite)));
  const std::pair<const char*, uint64_t> counts[] = {
      {"zero or not", finite.wrong_zeros},        {"wrong signs", finite.wrong_signs},
      {"NaN for a number", finite.nan_made},      {"number for NaN", finite.nan_lost},
      {"infinity for a number", finite.inf_made}, {"number for infinity", finite.inf_lost},
      {"other sign of zero", finite.zero_signs},
  };
  for (const auto& [name, count] : counts) absl::StrAppend(&text, Line(name, Grouped(count)));
  absl::StrAppend(
      &text, Line("infinite or NaN inputs",
                  absl::StrCat(Grouped(special.inputs), ", ", Grouped(special.wrong), " wrong")));
  return text;
}

std::string Histogram(const Report& report) {
  constexpr size_t kWidth = 40;
  const UlpHistogram& histogram = report.findings->histogram();
  std::string text;
  for (size_t bin = 0; bin < UlpHistogram::kBins; ++bin) {
    const uint64_t count = histogram.count(bin);
    if (count == 0) continue;
    const double percent = Percent(count, report.findings->finite().inputs);
    const auto width = static_cast<size_t>(std::ceil(percent / 100 * kWidth));
    std::string bar;
    for (size_t i = 0; i < width; ++i) bar += "▇";
    absl::StrAppendFormat(&text, "%15s%14s  %9.4f %%  %s\n",
                          absl::StrFormat("%.4g", UlpHistogram::Limit(bin)), Grouped(count),
                          percent, bar);
  }
  return text.empty() ? "" : "\n      ULP up to       results\n" + text;
}

std::string WorstTable(const Report& report) {
  if (report.findings->worst().empty()) return "";
  const std::string companion = CompanionName(report);
  std::vector<std::string> columns = {"ULP", "element", "x"};
  if (!companion.empty()) columns.push_back(companion);
  if (report.has_dy) columns.emplace_back("dy");
  columns.insert(columns.end(), {"result", "correctly rounded", "exact"});
  std::string text = "\nThe worst\n";
  const auto row = [&text](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i < 2) {
        absl::StrAppendFormat(&text, "%*s", i == 0 ? 15 : 14, cells[i]);
      } else {
        absl::StrAppendFormat(&text, "  %-18s", cells[i]);
      }
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  };
  row(columns);
  for (const Wrong& wrong : report.findings->worst()) {
    std::vector<std::string> cells = {UlpText(wrong.ulp), absl::StrCat(wrong.index),
                                      InputText(report, wrong.x)};
    if (!companion.empty()) cells.push_back(InputText(report, wrong.companion));
    if (report.has_dy) cells.push_back(InputText(report, wrong.dy));
    cells.insert(cells.end(),
                 {NumberText(report.dtype, wrong.result), NumberText(report.dtype, wrong.expected),
                  absl::StrFormat("%.9g", wrong.truth)});
    row(cells);
  }
  return text;
}

std::string Notes(const Report& report) {
  if (report.dtype != DType::kF64) return "";
  return "\nThe reference in f64 is itself right to 1 ULP; errors are the distance from it, in "
         "numbers.\n";
}

}  // namespace

std::string SubjectText(const Report& report) {
  std::string text = report.activation.function + (report.gradient ? "'" : "");
  for (const auto& [name, value] : report.activation.parameters) {
    absl::StrAppend(&text, " ", name, "=", NumberText(value));
  }
  return text;
}

std::string ReportText(const Report& report) {
  return absl::StrCat(SubjectText(report), " in ", NameOf(report.dtype), ", ",
                      report.has_dy ? "times dy, " : "", "against the exact values",
                      report.stopped_early ? "; stopped before the end\n\n" : "\n\n",
                      Summary(report), Histogram(report), WorstTable(report), Notes(report));
}

}  // namespace activation::cli::check
