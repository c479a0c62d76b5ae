#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/bench/figures.h"
#include "client/cli/bench/report.h"
#include "client/cli/duration_text.h"

namespace activation::cli {
namespace {

// As --duration has it.
constexpr std::chrono::hours kLongestDuration{24};

std::string Heading(const Report& report) {
  const Load& load = report.load();
  return absl::StrFormat(
      "%s\n%s\nmeasured for %s after %s of warm-up; the last reply came %s later\n\n",
      WorkloadText(report), LoadText(report, load), DurationText(report.result().elapsed),
      DurationText(load.phases.warm_up), DurationText(report.result().tail));
}

std::string Warnings(const Report& report) {
  std::string text;
  for (const std::string& fault : report.outcome.main().judgement.faults) {
    absl::StrAppend(&text, "INVALID    ", fault, "\n");
  }
  for (const std::string& note : report.notes()) absl::StrAppend(&text, "note       ", note, "\n");
  return text.empty() ? text : text + "\n";
}

std::string ThroughputText(const RunResult& result) {
  return absl::StrFormat(
      "calls      %d, %.0f/s\n"
      "elements   %s/s\n"
      "tensors    %s/s sent and received\n",
      result.in_time, result.calls_per_second(), CountText(result.PerSecond(result.elements)),
      BytesText(result.PerSecond(result.bytes)));
}

std::string Replies(const Report& report) {
  const RunResult& result = report.result();
  std::string text = "replies    ";
  for (const auto& [code, count] : result.codes) {
    absl::StrAppend(&text, absl::StatusCodeToString(code), " ", count, "  ");
  }
  if (result.failures.count() > 0) {
    absl::StrAppend(&text, "\nfailed in  p50 ", PercentileText(result.failures, 50), ", p99 ",
                    PercentileText(result.failures, 99), ", from sent");
  }
  absl::StrAppend(&text, "\nwrong      ", report.wrong(), " (every reply compared bit for bit)\n");
  if (!result.first_error.ok()) {
    absl::StrAppend(&text, "an error   ", result.first_error.ToString(), "\n");
  }
  return text;
}

std::string Latencies(const RunResult& result) {
  const bool both = result.uncorrected.count() > 0;
  std::string text = absl::StrFormat("\nlatency    of %d samples%s\n", result.latency.count(),
                                     both ? "\n           from due             from sent" : "");
  const auto line = [&](const std::string& name, const std::string& corrected,
                        const std::string& uncorrected) {
    absl::StrAppend(&text, both ? absl::StrFormat("  %-8s %-20s %s\n", name, corrected, uncorrected)
                                : absl::StrFormat("  %-8s %s\n", name, corrected));
  };
  for (const double percent : kPercentiles) {
    line(PercentName(percent), PercentileText(result, percent),
         PercentileText(result.uncorrected, percent));
  }
  line("max", TimeText(static_cast<double>(result.latency.max())),
       TimeText(static_cast<double>(result.uncorrected.max())));
  if (both) {
    absl::StrAppend(&text,
                    absl::StrFormat("\nsent late  %s on average, %d of %d held back by calls "
                                    "in flight, %d never sent\n",
                                    TimeText(result.lateness.mean()), result.held_back,
                                    result.answered(), result.unsent));
  }
  return text;
}

std::string StagesText(const RunResult& result) {
  std::string text;
  for (const auto& [name, ns] : StagesOf(result.stages)) {
    absl::StrAppend(&text, text.empty() ? "\nof which   " : ", ", name, " ", TimeText(ns));
  }
  return text.empty() ? text : absl::StrCat(text, " (means of ", result.stages.calls, " calls)\n");
}

const char* SloText(const Report& report, const Point& point) {
  if (report.experiment.pattern != Pattern::kSearch) return "";
  return point.met_slo ? (*point.met_slo ? "  met" : "  missed") : "  undecided";
}

std::string PointsText(const Report& report) {
  if (report.experiment.pattern == Pattern::kSingle) return "";
  std::string text = absl::StrFormat(
      "\n  %-12s %12s %12s %12s %8s%s\n",
      report.experiment.pattern == Pattern::kSweep ? "in flight" : "due calls/s", "calls/s", "p50",
      "p99", "failed", report.experiment.pattern == Pattern::kSearch ? "  SLO" : "");
  for (const Point& point : report.outcome.points) {
    const double key = point.load.rate ? point.load.rate->last : point.load.concurrency;
    absl::StrAppend(
        &text, absl::StrFormat("  %-12.6g %12.0f %12s %12s %8d%s%s\n", key,
                               point.result.calls_per_second(), PercentileText(point.result, 50),
                               PercentileText(point.result, 99), point.result.failed(),
                               SloText(report, point), point.judgement.valid() ? "" : "  INVALID"));
  }
  return text;
}

// What the law says beyond the points it was fitted to is a guess, and not said.
std::string KneeText(const ScalabilityFit& fit) {
  const auto knee = fit.knee();
  if (!knee || *knee > fit.most) {
    return absl::StrFormat("knee       beyond %.0f in flight\n", fit.most);
  }
  const auto peak = fit.peak();
  return absl::StrFormat(
      "knee       at %.1f in flight%s\n", *knee,
      peak && *peak <= fit.most ? absl::StrFormat(", most calls/s at %.0f", *peak) : "");
}

std::string Finding(const Report& report) {
  const Outcome& outcome = report.outcome;
  std::string text;
  if (outcome.fit) {
    absl::StrAppend(
        &text, absl::StrFormat("\nscaling    one call in flight %.0f/s, contention %.3g, "
                               "crosstalk %.3g, R^2 %.3f\n",
                               outcome.fit->rate, outcome.fit->contention, outcome.fit->crosstalk,
                               outcome.fit->r_squared));
    text += KneeText(*outcome.fit);
  }
  if (report.experiment.pattern == Pattern::kSearch) {
    absl::StrAppend(&text, "\nhighest    ", SearchText(report), "\n");
  }
  return text;
}

std::string FaultsText(const Baseline& baseline) {
  std::string text;
  for (const std::string& fault : baseline.faults) {
    absl::StrAppend(&text, "INVALID    as a baseline: ", fault, "\n");
  }
  return text;
}

std::string BaselineText(const Report& report) {
  if (!report.baseline) return "";
  const Baseline& baseline = *report.baseline;
  const std::string latency = absl::StrFormat(
      "p50 %s to its %s\n", PercentileText(report.result(), 50), PercentileText(baseline.echo, 50));
  // In an open loop both answer what is due: a share of it would say nothing.
  if (report.load().rate) return absl::StrCat("\nbare echo  ", latency, FaultsText(baseline));
  const auto share = baseline.ShareOfEcho(report.result());
  const std::string text = absl::StrFormat(
      "\nof an echo %s of its %.0f calls/s, %s"
      "of memcpy  %.3f of its %s/s\n",
      share ? absl::StrFormat("%.2f", *share) : "none", baseline.echo.calls_per_second(), latency,
      baseline.ShareOfMemcpy(report.result()), BytesText(baseline.memcpy_bytes_per_second));
  return text + FaultsText(baseline);
}

}  // namespace

std::string SearchText(const Report& report) {
  const Outcome& outcome = report.outcome;
  const bool stopped = outcome.stopped();
  if (outcome.highest_rate) {
    return absl::StrFormat("%.0f calls/s meet the SLO%s", *outcome.highest_rate,
                           stopped ? ", as far as the search came" : "");
  }
  if (stopped) return "the search was stopped before it found a rate";
  if (!outcome.undecided) return "no rate that was tried meets the SLO";
  const Undecided& open = *outcome.undecided;
  return absl::StrFormat(
      "too few samples to say: %s needs %d calls, more than %.4g calls/s give; %s", open.condition,
      open.calls_needed, open.rate,
      open.duration_needed <= kLongestDuration
          ? absl::StrFormat("give it --duration=%ds", open.duration_needed.count())
          : "begin at a higher --rate");
}

std::string ReportText(const Report& report) {
  return Heading(report) + Warnings(report) + ThroughputText(report.result()) + Replies(report) +
         Latencies(report.result()) + StagesText(report.result()) + PointsText(report) +
         Finding(report) + BaselineText(report);
}

}  // namespace activation::cli
