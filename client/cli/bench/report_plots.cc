#include "client/cli/bench/report_plots.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/str_format.h"
#include "client/cli/bench/chart.h"
#include "client/cli/bench/figures.h"

namespace activation::cli {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kNanosecond = 1e-9;
// Points of a smooth curve.
constexpr int kCurvePoints = 120;

std::string SecondsText(double seconds) { return TimeText(seconds / kNanosecond); }

double SecondsOf(const std::optional<uint64_t>& ns) {
  return ns ? static_cast<double>(*ns) * kNanosecond : kNothing;
}

// A percentile may have too few samples everywhere.
std::vector<ChartSeries> WithPoints(std::vector<ChartSeries> all) {
  const auto empty = [](const ChartSeries& series) {
    return std::none_of(series.points.begin(), series.points.end(),
                        [](const auto& point) { return std::isfinite(point.second); });
  };
  all.erase(std::remove_if(all.begin(), all.end(), empty), all.end());
  return all;
}

double Key(const Point& point) {
  return point.load.rate ? point.load.rate->last : point.load.concurrency;
}

double TimeOfSlice(const RunResult& result, size_t i) {
  return std::chrono::duration<double>(result.slice_length).count() *
         (static_cast<double>(i) + 0.5);
}

std::string ThroughputOverTime(const RunResult& result) {
  ChartSeries answered{.label = "answered", .colour = 0, .points = {}, .filled = true};
  ChartSeries failed{.label = "failed", .colour = 1, .points = {}};
  const double length = std::chrono::duration<double>(result.slice_length).count();
  for (size_t i = 0; i < result.whole_slices(); ++i) {
    const double t = TimeOfSlice(result, i);
    answered.points.emplace_back(t, static_cast<double>(result.slices[i].answered) / length);
    failed.points.emplace_back(t, static_cast<double>(result.slices[i].failed) / length);
  }
  Chart chart{.title = "Calls a second, by when they ended",
              .x = {.label = "seconds"},
              .y = {.text = CountText},
              .series = {answered}};
  if (result.failed() > 0) chart.series.push_back(failed);
  return ChartSvg(chart);
}

std::string LatencyOverTime(const RunResult& result) {
  ChartSeries p50{.label = "p50", .colour = 0, .points = {}};
  ChartSeries p99{.label = "p99", .colour = 2, .points = {}};
  ChartSeries max{.label = "max", .colour = 1, .points = {}};
  for (size_t i = 0; i < result.whole_slices(); ++i) {
    const Histogram& latency = result.slices[i].latency;
    const double t = TimeOfSlice(result, i);
    p50.points.emplace_back(t, SecondsOf(latency.Percentile(50)));
    p99.points.emplace_back(t, SecondsOf(latency.Percentile(99)));
    if (latency.count() > 0) {
      max.points.emplace_back(t, static_cast<double>(latency.max()) * kNanosecond);
    }
  }
  return ChartSvg({.title = "Latency over time, by when calls were due",
                   .x = {.label = "seconds"},
                   .y = {.logarithmic = true, .text = SecondsText},
                   .series = WithPoints({p50, p99, max})});
}

// Against 1 / (1 - p), so that each further nine is as far as the one before.
std::vector<std::pair<double, double>> PercentileCurve(const Histogram& latency,
                                                       uint64_t unsent = 0) {
  std::vector<std::pair<double, double>> points;
  for (int i = 1; i <= 250; ++i) {
    const double nines = 0.02 * i;
    const double percent = 100 * (1 - std::pow(10, -nines));
    const auto value = latency.Percentile(percent, unsent);
    if (!value) break;
    points.emplace_back(std::pow(10, nines), SecondsOf(value));
  }
  return points;
}

std::string Percentiles(const RunResult& result) {
  Chart chart{.title = "Latency by percentile",
              .x = {.label = "percentile",
                    .logarithmic = true,
                    .ticks = {2, 10, 100, 1000, 10000},
                    .text = [](double x) { return absl::StrFormat("%.6g %%", 100 * (1 - 1 / x)); }},
              .y = {.logarithmic = true, .text = SecondsText},
              .series = {{.label = result.uncorrected.count() > 0 ? "from due" : "latency",
                          .colour = 0,
                          .points = PercentileCurve(result.latency, result.unsent)}}};
  if (result.uncorrected.count() > 0) {
    chart.series.push_back({.label = "from sent",
                            .colour = 1,
                            .points = PercentileCurve(result.uncorrected),
                            .dashed = true});
  }
  return ChartSvg(chart);
}

std::string Stages(const RunResult& result) {
  ShareBar bar{.title = "Where a call's time goes, on average", .parts = {}};
  for (const auto& [name, ns] : StagesOf(result.stages)) {
    bar.parts.push_back({name, ns, TimeText(ns)});
  }
  return ShareBarSvg(bar);
}

std::string Scaling(const Outcome& outcome) {
  ChartSeries measured{.label = "measured", .colour = 0, .points = {}, .line = false, .dots = true};
  std::vector<double> ticks;
  for (const Point& point : outcome.points) {
    measured.points.emplace_back(Key(point), point.result.calls_per_second());
    ticks.push_back(Key(point));
  }
  Chart chart{.title = "Throughput against calls in flight",
              .x = {.label = "calls in flight", .logarithmic = true, .ticks = ticks},
              .y = {.text = CountText},
              .series = {measured}};
  if (outcome.fit) {
    ChartSeries fitted{.label = "fitted", .colour = 1, .points = {}};
    const double low = std::log(outcome.fit->least), high = std::log(outcome.fit->most);
    for (int i = 0; i <= kCurvePoints; ++i) {
      const double n = std::exp(low + (high - low) * i / kCurvePoints);
      fitted.points.emplace_back(n, outcome.fit->At(n));
    }
    chart.series.insert(chart.series.begin(), fitted);
    if (const auto knee = outcome.fit->knee(); knee && *knee <= outcome.fit->most) {
      chart.markers.push_back({*knee, absl::StrFormat("knee at %.1f", *knee)});
    }
  }
  return ChartSvg(chart);
}

std::string LatencyByPoint(const Report& report) {
  ChartSeries p50{.label = "p50", .colour = 0, .points = {}, .dots = true};
  ChartSeries p99{.label = "p99", .colour = 2, .points = {}, .dots = true};
  std::vector<Point> points = report.outcome.points;
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return Key(a) < Key(b); });
  for (const Point& point : points) {
    p50.points.emplace_back(Key(point), SecondsOf(point.result.Percentile(50)));
    p99.points.emplace_back(Key(point), SecondsOf(point.result.Percentile(99)));
  }
  const bool sweep = report.experiment.pattern == Pattern::kSweep;
  Chart chart{.title = sweep ? "Latency against calls in flight" : "Latency against rate",
              .x = {.label = sweep ? "calls in flight" : "due calls/s", .logarithmic = sweep},
              .y = {.logarithmic = true, .text = SecondsText},
              .series = WithPoints({p50, p99})};
  for (const Point& point : points) {
    if (sweep) chart.x.ticks.push_back(Key(point));
  }
  if (!sweep) chart.x.text = CountText;
  if (report.outcome.highest_rate) {
    chart.markers.push_back({*report.outcome.highest_rate, "highest that meets the SLO"});
  }
  return ChartSvg(chart);
}

}  // namespace

std::vector<std::string> ReportPlots(const Report& report) {
  const RunResult& result = report.result();
  std::vector<std::string> plots;
  if (report.experiment.pattern != Pattern::kSingle) {
    if (report.experiment.pattern == Pattern::kSweep) plots.push_back(Scaling(report.outcome));
    plots.push_back(LatencyByPoint(report));
  }
  if (result.answered() == 0) return plots;
  if (result.whole_slices() > 1) {
    plots.push_back(ThroughputOverTime(result));
    plots.push_back(LatencyOverTime(result));
  }
  plots.push_back(Percentiles(result));
  if (result.stages.calls > 0) plots.push_back(Stages(result));
  return plots;
}

}  // namespace activation::cli
