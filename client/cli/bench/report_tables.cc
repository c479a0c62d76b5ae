// The report as tables: CSV for spreadsheets, Markdown for people.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/bench/figures.h"
#include "client/cli/bench/report.h"
#include "client/cli/duration_text.h"

namespace activation::cli {
namespace {

// Empty where there is none.
std::string CsvPercentile(const RunResult& result, double percent) {
  const auto value = result.Percentile(percent);
  return value ? absl::StrCat(*value) : "";
}

std::string CsvLine(const Point& point) {
  const RunResult& result = point.result;
  std::string line = absl::StrFormat(
      "%d,%s,%.6g,%.6g,%.6g,%d,%d,%d,%d", point.load.concurrency,
      point.load.rate ? absl::StrFormat("%.6g", point.load.rate->last) : "",
      result.calls_per_second(), result.PerSecond(result.elements), result.PerSecond(result.bytes),
      result.answered(), result.failed(), result.wrong, result.unsent);
  for (const double percent : kPercentiles) {
    absl::StrAppend(&line, ",", CsvPercentile(result, percent));
  }
  return absl::StrFormat("%s,%.0f,%d,%s\n", line, result.latency.mean(), result.latency.max(),
                         point.judgement.valid() ? "true" : "false");
}

std::string MarkdownRow(const std::string& name, const std::string& value) {
  return absl::StrCat("| ", name, " | ", value, " |\n");
}

std::string MarkdownPoints(const Report& report) {
  std::string text =
      "\n| in flight | due calls/s | calls/s | p50 | p99 | failed | wrong | valid |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const Point& point : report.outcome.points) {
    const RunResult& result = point.result;
    absl::StrAppend(
        &text,
        absl::StrFormat("| %d | %s | %.0f | %s | %s | %d | %d | %s |\n", point.load.concurrency,
                        point.load.rate ? absl::StrFormat("%.6g", point.load.rate->last) : "",
                        result.calls_per_second(), PercentileText(result, 50),
                        PercentileText(result, 99), result.failed(), result.wrong,
                        point.judgement.valid() ? "yes" : "no"));
  }
  return text;
}

}  // namespace

std::string ReportCsv(const Report& report) {
  std::string text =
      "concurrency,rate,calls_per_second,elements_per_second,bytes_per_second,answered,failed,"
      "wrong,unsent";
  for (const double percent : kPercentiles) {
    absl::StrAppend(&text, ",", PercentName(percent), "_ns");
  }
  text += ",mean_ns,max_ns,valid\n";
  for (const Point& point : report.outcome.points) text += CsvLine(point);
  return text;
}

std::string ReportMarkdown(const Report& report) {
  const RunResult& result = report.result();
  const Judgement& judgement = report.outcome.main().judgement;
  std::string text =
      absl::StrCat("## Load test\n", WorkloadText(report), "; ", LoadText(report, report.load()),
                   "; ", DurationText(result.elapsed), "; ", report.machine.processor, ", ",
                   report.machine.processors, " processors; ", report.machine.time, ".\n\n");
  for (const std::string& fault : judgement.faults) {
    absl::StrAppend(&text, "**Invalid:** ", fault, ".\n\n");
  }
  for (const std::string& note : report.notes()) absl::StrAppend(&text, "Note: ", note, ".\n\n");
  absl::StrAppend(
      &text, "| what | figure |\n|---|---|\n",
      MarkdownRow("calls/s", absl::StrFormat("%.0f", result.calls_per_second())),
      MarkdownRow("elements/s", CountText(result.PerSecond(result.elements))),
      MarkdownRow("tensors, both ways", BytesText(result.PerSecond(result.bytes)) + "/s"));
  for (const double percent : kPercentiles) {
    text += MarkdownRow(PercentName(percent), PercentileText(result, percent));
  }
  absl::StrAppend(&text, MarkdownRow("samples", absl::StrCat(result.latency.count())),
                  MarkdownRow("failed", absl::StrCat(result.failed())),
                  MarkdownRow("wrong replies", absl::StrCat(report.wrong())));
  for (const auto& [stage, ns] : StagesOf(result.stages)) text += MarkdownRow(stage, TimeText(ns));
  if (report.baseline && report.load().rate) {
    text += MarkdownRow("p50 of a bare echo", PercentileText(report.baseline->echo, 50));
  } else if (report.baseline) {
    const auto share = report.baseline->ShareOfEcho(result);
    absl::StrAppend(
        &text,
        MarkdownRow("share of a bare echo", share ? absl::StrFormat("%.2f", *share) : "none"),
        MarkdownRow("share of memcpy",
                    absl::StrFormat("%.3f", report.baseline->ShareOfMemcpy(result))));
  }
  if (report.baseline) {
    for (const std::string& fault : report.baseline->faults) {
      text += MarkdownRow("invalid baseline", fault);
    }
  }
  if (report.experiment.pattern != Pattern::kSingle) text += MarkdownPoints(report);
  return text;
}

}  // namespace activation::cli
