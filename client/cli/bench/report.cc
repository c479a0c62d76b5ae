#include "client/cli/bench/report.h"

#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/duration_text.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

constexpr double kPercentiles[] = {50, 90, 99, 99.9, 99.99};

struct Rates {
  double calls = 0, elements = 0, bytes = 0;  // a second, of answered calls
};

Rates RatesOf(const Report& report) {
  const double seconds = std::chrono::duration<double>(report.result.elapsed).count();
  if (seconds <= 0) return {};
  const double calls = static_cast<double>(report.result.latency.count()) / seconds;
  return {.calls = calls,
          .elements = calls * static_cast<double>(report.workload.elements * report.workload.items),
          .bytes = calls * static_cast<double>(report.request_bytes + report.reply_bytes)};
}

// In the unit that fits: with {"", " million"}, "5.24 million".
std::string Scaled(double value, double step, std::initializer_list<const char*> units) {
  auto unit = units.begin();
  while (value >= step && unit + 1 != units.end()) {
    value /= step;
    ++unit;
  }
  return absl::StrFormat("%.*f%s", value < 100 ? 2 : 0, value, *unit);
}

std::string PercentName(double percent) { return absl::StrFormat("p%g", percent); }

std::string Heading(const Report& report) {
  const WorkloadOptions& workload = report.workload;
  return absl::StrFormat(
      "%s %s, %s, %s tier: %d %s of %d elements a call, %d in flight on %d %s%s\n"
      "measured for %s after %s of warm-up%s\n\n",
      workload.activation.function, workload.gradient ? "gradient" : "forward",
      NameOf(workload.dtype), NameOf(workload.activation.tier), workload.items,
      workload.items == 1 ? "item" : "items", workload.elements, report.concurrency,
      report.connections, report.stream ? "stream" : "connection",
      report.connections == 1 ? "" : "s", DurationText(report.result.elapsed),
      DurationText(report.pacer.warm_up()), report.result.stopped ? ", stopped early" : "");
}

std::string Throughput(const Report& report) {
  const Rates rates = RatesOf(report);
  return absl::StrFormat(
      "calls      %d, %.0f/s\n"
      "elements   %s/s\n"
      "tensors    %s/s sent and received\n",
      report.result.latency.count(), rates.calls,
      Scaled(rates.elements, 1e6, {"", " million", " million million"}),
      Scaled(rates.bytes, 1000, {" B", " kB", " MB", " GB"}));
}

std::string Outcomes(const Report& report) {
  std::string text = "replies    ";
  for (const auto& [code, count] : report.result.codes) {
    absl::StrAppend(&text, absl::StatusCodeToString(code), " ", count, "  ");
  }
  absl::StrAppend(&text, "\nwrong      ", report.result.wrong,
                  " (every reply compared bit for bit)\n");
  if (!report.result.first_error.ok()) {
    absl::StrAppend(&text, "an error   ", report.result.first_error.ToString(), "\n");
  }
  return text;
}

std::string Latency(const Report& report) {
  const Histogram& latency = report.result.latency;
  std::string text = absl::StrCat("\nlatency    of ", latency.count(), " samples\n");
  for (const double percent : kPercentiles) {
    const auto value = latency.Percentile(percent);
    const std::string shown =
        value ? DurationText(std::chrono::nanoseconds(*value))
              : absl::StrCat("needs ", Histogram::SamplesNeeded(percent), " samples");
    absl::StrAppend(&text, absl::StrFormat("  %-8s %s\n", PercentName(percent), shown));
  }
  absl::StrAppend(&text, absl::StrFormat("  %-8s %s\n", "max",
                                         DurationText(std::chrono::nanoseconds(latency.max()))));
  return text;
}

nlohmann::ordered_json LatencyJson(const Histogram& latency) {
  nlohmann::ordered_json percentiles;
  for (const double percent : kPercentiles) {
    const auto value = latency.Percentile(percent);
    auto& entry = percentiles[PercentName(percent)];
    if (value) entry = *value;  // else null: too few samples
  }
  return {{"samples", latency.count()},
          {"min", latency.min()},
          {"mean", latency.mean()},
          {"max", latency.max()},
          {"relative_error", Histogram::kRelativeError},
          {"percentiles", percentiles}};
}

}  // namespace

std::string ReportText(const Report& report) {
  return Heading(report) + Throughput(report) + Outcomes(report) + Latency(report);
}

std::string ReportJson(const Report& report) {
  const WorkloadOptions& workload = report.workload;
  const Rates rates = RatesOf(report);
  nlohmann::ordered_json codes = nlohmann::ordered_json::object();
  for (const auto& [code, count] : report.result.codes) {
    codes[absl::StatusCodeToString(code)] = count;
  }
  const auto seconds = [](std::chrono::nanoseconds t) {
    return std::chrono::duration<double>(t).count();
  };
  const nlohmann::ordered_json json = {{"schema", kReportSchema},
                                       {"address", report.address},
                                       {"workload",
                                        {{"function", workload.activation.function},
                                         {"parameters", workload.activation.parameters},
                                         {"direction", workload.gradient ? "gradient" : "forward"},
                                         {"dtype", NameOf(workload.dtype)},
                                         {"tier", NameOf(workload.activation.tier)},
                                         {"elements", workload.elements},
                                         {"items", workload.items},
                                         {"request_bytes", report.request_bytes},
                                         {"reply_bytes", report.reply_bytes}}},
                                       {"load",
                                        {{"loop", "closed"},
                                         {"stream", report.stream},
                                         {"connections", report.connections},
                                         {"concurrency", report.concurrency},
                                         {"warm_up_seconds", seconds(report.pacer.warm_up())},
                                         {"duration_seconds", seconds(report.pacer.duration())},
                                         {"elapsed_seconds", seconds(report.result.elapsed)},
                                         {"stopped_early", report.result.stopped}}},
                                       {"throughput",
                                        {{"calls_per_second", rates.calls},
                                         {"elements_per_second", rates.elements},
                                         {"bytes_per_second", rates.bytes}}},
                                       {"codes", codes},
                                       {"wrong_replies", report.result.wrong},
                                       {"latency_ns", LatencyJson(report.result.latency)}};
  return json.dump(2) + "\n";
}

}  // namespace activation::cli
