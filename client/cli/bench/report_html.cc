#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/bench/chart.h"
#include "client/cli/bench/figures.h"
#include "client/cli/bench/report.h"
#include "client/cli/bench/report_plots.h"
#include "client/cli/duration_text.h"

namespace activation::cli {
namespace {

constexpr char kStyle[] = R"(<style>
:root {
  color-scheme: light dark;
  --page: #f6f8fa; --card: #ffffff; --edge: #d0d7de; --text: #1f2328; --quiet: #59636e; --grid: #e4e8ec;
  --c0: #0969da; --c1: #d1570a; --c2: #8250df; --c3: #1a7f37; --c4: #bf3989; --c5: #0a7f86; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #151b23; --edge: #30363d; --text: #f0f6fc; --quiet: #9198a1; --grid: #262c34;
    --c0: #58a6ff; --c1: #ffa657; --c2: #bc8cff; --c3: #56d364; --c4: #ff7bac; --c5: #39c5cf; --good: #3fb950; --bad: #ff7b72; --warn: #d29922;
  }
}
* { box-sizing: border-box }
body { margin: 0; padding: 40px 24px 64px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
main { max-width: 1320px; margin: 0 auto }
h1 { font-size: 28px; font-weight: 650; letter-spacing: -0.02em; margin: 0 0 6px }
h2 { font-size: 15px; font-weight: 600; margin: 0 0 10px }
p { margin: 0 }
.quiet { color: var(--quiet) }
.banner { margin-top: 18px; padding: 10px 16px; border-radius: 8px; background: var(--card);
  border: 1px solid var(--edge); border-left: 4px solid var(--warn) }
.banner.bad { border-left-color: var(--bad) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 14px; margin: 24px 0 }
.tiles.many { grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)) }
.tile, .card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 16px 18px }
.tile b { display: block; font-size: 26px; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums }
.tile span { color: var(--quiet); font-size: 13px }
.good { color: var(--good) } .bad { color: var(--bad) }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(520px, 100%), 1fr)); gap: 14px }
.card svg { display: block; width: 100%; height: auto }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 14px; margin-top: 14px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 5px 8px 5px 0; border-top: 1px solid var(--grid); font-weight: 400; vertical-align: top }
tr:first-child > * { border-top: 0 }
th { color: var(--quiet) } td { text-align: right } thead th { font-size: 13px } thead th + th { text-align: right }
.wide { overflow-x: auto; margin-top: 14px }
svg text { font-family: inherit; fill: var(--quiet); font-size: 12px }
svg .chart-title { fill: var(--text); font-size: 15px; font-weight: 600 }
svg .legend, svg .note { fill: var(--text) }
.grid { stroke: var(--grid) } .axis { stroke: var(--quiet) } .marker { stroke: var(--text); stroke-dasharray: 4 4 }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round } .dashed { stroke-dasharray: 7 5 }
.area { opacity: 0.14 }
.s0 { stroke: var(--c0) } .s1 { stroke: var(--c1) } .s2 { stroke: var(--c2) } .s3 { stroke: var(--c3) } .s4 { stroke: var(--c4) }
.s5 { stroke: var(--c5) }
.f0 { fill: var(--c0) } .f1 { fill: var(--c1) } .f2 { fill: var(--c2) } .f3 { fill: var(--c3) } .f4 { fill: var(--c4) }
.f5 { fill: var(--c5) }
</style>
)";

std::string Tile(const std::string& value, const std::string& name, const char* style = "") {
  return absl::StrFormat("<div class=\"tile\"><b class=\"%s\">%s</b><span>%s</span></div>\n", style,
                         EscapedText(value), EscapedText(name));
}

std::string Row(const std::string& name, const std::string& value) {
  return absl::StrFormat("<tr><th>%s</th><td>%s</td></tr>\n", EscapedText(name),
                         EscapedText(value));
}

std::string Card(const std::string& title, const std::string& rows) {
  return absl::StrFormat("<section class=\"card\"><h2>%s</h2><table>%s</table></section>\n",
                         EscapedText(title), rows);
}

std::string Banners(const Report& report) {
  std::string html;
  for (const std::string& fault : report.outcome.main().judgement.faults) {
    absl::StrAppend(&html, "<p class=\"banner bad\"><b>This run is invalid:</b> ",
                    EscapedText(fault), ".</p>\n");
  }
  for (const std::string& note : report.notes()) {
    absl::StrAppend(&html, "<p class=\"banner\">", EscapedText(note), ".</p>\n");
  }
  return html;
}

std::string Tiles(const Report& report) {
  const RunResult& result = report.result();
  std::string html = Tile(absl::StrFormat("%.0f", result.calls_per_second()), "calls/s") +
                     Tile(PercentileText(result, 50), "p50") +
                     Tile(PercentileText(result, 99), "p99") +
                     Tile(BytesText(result.PerSecond(result.bytes)) + "/s", "tensors, both ways");
  absl::StrAppend(
      &html,
      Tile(absl::StrCat(report.wrong()), "wrong answers", report.wrong() == 0 ? "good" : "bad"),
      Tile(absl::StrCat(result.failed()), "failed calls", result.failed() == 0 ? "" : "bad"));
  if (report.outcome.highest_rate) {
    html += Tile(absl::StrFormat("%.0f", *report.outcome.highest_rate), "calls/s meet the SLO");
  }
  // In an open loop both answer what is due: a share of it would say nothing.
  const bool open = report.load().rate.has_value();
  if (report.baseline && open) {
    html += Tile(PercentileText(report.baseline->echo, 50), "p50 of a bare echo");
  } else if (report.baseline) {
    const auto share = report.baseline->ShareOfEcho(result);
    html += Tile(share ? absl::StrFormat("%.0f %%", 100 * *share) : "none",
                 "of a bare echo's calls/s") +
            Tile(absl::StrFormat("%.2f %%", 100 * report.baseline->ShareOfMemcpy(result)),
                 "of memcpy's bytes/s");
  }
  // In two full rows rather than in one and a bit.
  const bool many = report.baseline.has_value() && !open;
  return absl::StrFormat("<div class=\"tiles%s\">%s</div>\n", many ? " many" : "", html);
}

std::string LatencyTable(const RunResult& result) {
  const bool both = result.uncorrected.count() > 0;
  std::string rows;
  for (const double percent : kPercentiles) {
    std::string text = PercentileText(result, percent);
    if (both && result.uncorrected.Percentile(percent)) {
      text += " (from sent: " + PercentileText(result.uncorrected, percent) + ")";
    }
    rows += Row(PercentName(percent), text);
  }
  rows += Row("max", TimeText(static_cast<double>(result.latency.max()))) +
          Row("mean", TimeText(result.latency.mean())) +
          Row("samples", absl::StrCat(result.latency.count()));
  return Card(both ? "Latency from when a call was due" : "Latency", rows);
}

std::string RepliesTable(const Report& report) {
  const RunResult& result = report.result();
  std::string rows;
  for (const auto& [code, count] : result.codes) {
    rows += Row(absl::StatusCodeToString(code), absl::StrCat(count));
  }
  rows += Row("wrong answers", absl::StrCat(report.wrong())) +
          Row("elements/s", CountText(result.PerSecond(result.elements))) +
          Row("last reply, after the measured time", DurationText(result.tail)) +
          Row("client's busiest thread", absl::StrFormat("%.0f %%", 100 * result.busy));
  if (report.load().rate) {
    rows += Row("sent late, mean", TimeText(result.lateness.mean())) +
            Row("held back by calls in flight", absl::StrCat(result.held_back)) +
            Row("due and never sent", absl::StrCat(result.unsent));
  }
  if (report.baseline) {
    const Baseline& baseline = *report.baseline;
    rows +=
        Row("bare echo", absl::StrFormat("%.0f calls/s, p50 %s", baseline.echo.calls_per_second(),
                                         PercentileText(baseline.echo, 50))) +
        Row("memcpy", BytesText(baseline.memcpy_bytes_per_second) + "/s read and written");
    for (const std::string& fault : baseline.faults) rows += Row("invalid baseline", fault);
  }
  if (const auto& fit = report.outcome.fit) {
    rows += Row("one call in flight, fitted", absl::StrFormat("%.0f calls/s", fit->rate)) +
            Row("contention, crosstalk",
                absl::StrFormat("%.3g, %.3g", fit->contention, fit->crosstalk)) +
            Row("R^2 of the fit", absl::StrFormat("%.3f", fit->r_squared));
  }
  return Card("Replies and load", rows);
}

std::string MachineTable(const Report& report) {
  const Machine& machine = report.machine;
  std::string rows = Row("processor", machine.processor) +
                     Row("processors", absl::StrCat(machine.processors)) +
                     Row("memory", BytesText(static_cast<double>(machine.memory_bytes))) +
                     Row("system", machine.system) +
                     Row("load average before", absl::StrFormat("%.2f", machine.load_average)) +
                     Row("activation-client", machine.client + ", gRPC " + machine.grpc);
  if (report.server) {
    rows += Row("server", report.server->version + ", " + report.server->instruction_set);
    for (const client::DeviceInfo& device : report.server->devices) {
      rows += Row(device.backend, DeviceText(device));
    }
  }
  return Card("Client's machine, and the server", rows);
}

std::string PointVerdict(const Report& report, const Point& point) {
  const char* const validity = point.judgement.valid() ? "valid" : "invalid";
  if (report.experiment.pattern != Pattern::kSearch) return validity;
  const char* const slo = point.met_slo ? (*point.met_slo ? "met" : "missed") : "undecided";
  return point.judgement.valid() ? slo : absl::StrCat(slo, ", ", validity);
}

std::string PointsTable(const Report& report) {
  if (report.experiment.pattern == Pattern::kSingle) return "";
  std::string rows;
  for (const Point& point : report.outcome.points) {
    const RunResult& result = point.result;
    const double key = point.load.rate ? point.load.rate->last : point.load.concurrency;
    absl::StrAppendFormat(
        &rows,
        "<tr><th>%.6g</th><td>%.0f</td><td>%s</td><td>%s</td><td>%d</td><td>%d</td><td>%s</td></tr>"
        "\n",
        key, result.calls_per_second(), PercentileText(result, 50), PercentileText(result, 99),
        result.failed(), result.wrong, PointVerdict(report, point));
  }
  return absl::StrFormat(
      "<section class=\"card wide\"><h2>Point by point</h2><table><thead><tr><th>%s</th>"
      "<th>calls/s</th><th>p50</th><th>p99</th><th>failed</th><th>wrong</th><th>%s</th></tr></"
      "thead>"
      "<tbody>%s</tbody></table></section>\n",
      report.experiment.pattern == Pattern::kSweep ? "in flight" : "due calls/s",
      report.experiment.pattern == Pattern::kSearch ? "SLO" : "", rows);
}

}  // namespace

std::string ReportHtml(const Report& report) {
  std::string plots;
  for (const std::string& plot : ReportPlots(report)) {
    absl::StrAppend(&plots, "<figure class=\"card\" style=\"margin:0\">", plot, "</figure>\n");
  }
  return absl::StrCat(
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>Load test of ",
      EscapedText(report.address), "</title>\n", kStyle, "</head>\n<body><main>\n<h1>Load test of ",
      EscapedText(report.address), "</h1>\n<p>", EscapedText(WorkloadText(report)),
      "</p>\n<p class=\"quiet\">", EscapedText(LoadText(report, report.load())), "; measured for ",
      DurationText(report.result().elapsed), ", ", EscapedText(report.machine.time), "</p>\n",
      Banners(report), Tiles(report), "<div class=\"plots\">\n", plots, "</div>\n",
      PointsTable(report), "<div class=\"tables\">\n", LatencyTable(report.result()),
      RepliesTable(report), MachineTable(report), "</div>\n</main></body>\n</html>\n");
}

}  // namespace activation::cli
