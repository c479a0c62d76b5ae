#include "client/cli/bench/figures.h"

#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/bench/workload_text.h"
#include "client/cli/duration_text.h"

namespace activation::cli {
namespace {

// In the unit that fits: with {"", " million"}, "5.24 million".
std::string Scaled(double value, double step, std::initializer_list<const char*> units) {
  auto unit = units.begin();
  while (value >= step && unit + 1 != units.end()) {
    value /= step;
    ++unit;
  }
  return absl::StrFormat("%.*f%s", value < 100 ? 2 : 0, value, *unit);
}

std::string Plural(int64_t count, const char* noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace

std::string PercentName(double percent) { return absl::StrFormat("p%g", percent); }

std::string PercentileText(const Histogram& latency, double percent) {
  const auto value = latency.Percentile(percent);
  if (value) return TimeText(static_cast<double>(*value));
  return absl::StrCat("needs ", Histogram::SamplesNeeded(percent), " samples");
}

bool NeverSent(const RunResult& result, double percent) {
  const bool enough = result.answered() + result.unsent >= Histogram::SamplesNeeded(percent);
  return enough && !result.Percentile(percent);
}

std::string PercentileText(const RunResult& result, double percent) {
  const auto value = result.Percentile(percent);
  if (value) return TimeText(static_cast<double>(*value));
  return NeverSent(result, percent) ? "never sent" : PercentileText(result.latency, percent);
}

std::string TimeText(double ns) { return DurationText(nanoseconds(static_cast<int64_t>(ns))); }

std::string CountText(double value) {
  if (value == 0) return "0";  // without the sign that zero may have
  return value < 1e6 ? absl::StrFormat("%.0f", value)
                     : Scaled(value / 1e6, 1e3, {" million", " billion", " trillion"});
}

std::string BytesText(double value) { return Scaled(value, 1000, {" B", " kB", " MB", " GB"}); }

std::string WorkloadText(const Report& report) {
  std::string text = absl::StrJoin(
      report.cases, ", ",
      [](std::string* out, const Report::Case& one) { out->append(CaseText(one.options)); });
  absl::StrAppend(&text, "; ", report.protocol.stream ? "streams" : "unary calls",
                  report.protocol.api == Api::kInfer ? " of the Open Inference Protocol" : "",
                  report.shared_memory ? ", tensors in shared memory" : "",
                  report.expect == Expect::kEcho ? ", to an echo" : "");
  return text;
}

std::string DeviceText(const client::DeviceInfo& device) {
  if (device.state == "ready") return device.description;
  return absl::StrCat(device.description, ", ", device.state);
}

std::string LoadText(const Report& report, const Load& load) {
  std::string text;
  if (load.rate.has_value()) {
    const RateProfile& rate = *load.rate;
    text = rate.first == rate.last ? absl::StrFormat("%.6g", rate.last)
                                   : absl::StrFormat("%.6g to %.6g", rate.first, rate.last);
    absl::StrAppend(&text, " calls/s, ",
                    load.arrivals == Arrivals::kPoisson ? "Poisson" : "evenly apart", ", at most ",
                    load.concurrency, " in flight");
  } else {
    text = absl::StrCat("closed loop, ", load.concurrency, " in flight");
  }
  absl::StrAppend(&text, " on ", Plural(ConnectionsOf(load, report.connections), "connection"),
                  ", ", Plural(load.workers(), "thread"));
  return text;
}

std::vector<std::pair<std::string, double>> StagesOf(const StageSums& stages) {
  if (stages.calls == 0) return {};
  const auto calls = static_cast<double>(stages.calls);
  std::vector<std::pair<std::string, double>> means = {{"client", stages.client / calls},
                                                       {"wire", stages.wire / calls},
                                                       {"queue", stages.queue / calls},
                                                       {"copy", stages.copy / calls},
                                                       {"kernel", stages.kernel / calls}};
  // Nothing is held back in a closed loop, or at a rate that the server keeps up with.
  if (stages.held > 0) means.insert(means.begin(), {"held", stages.held / calls});
  return means;
}

}  // namespace activation::cli
