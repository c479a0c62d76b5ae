#include "client/cli/bench/threshold.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/duration_text.h"

namespace activation::cli {
namespace {

using Metric = Threshold::Metric;

bool ParseMetric(absl::string_view name, Threshold* threshold) {
  if (name == "mean") {
    threshold->metric = Metric::kMean;
  } else if (name == "max") {
    threshold->metric = Metric::kMax;
  } else if (name == "calls") {
    threshold->metric = Metric::kCalls;
  } else if (name == "errors") {
    threshold->metric = Metric::kErrors;
  } else if (name == "echo") {
    threshold->metric = Metric::kEcho;
  } else if (name == "memcpy") {
    threshold->metric = Metric::kMemcpy;
  } else {
    threshold->metric = Metric::kPercentile;
    return absl::ConsumePrefix(&name, "p") && absl::SimpleAtod(name, &threshold->percent) &&
           threshold->percent > 0 && threshold->percent < 100;
  }
  return true;
}

bool ParseBound(absl::string_view text, Threshold* threshold) {
  if (threshold->metric == Metric::kCalls) {
    return absl::SimpleAtod(text, &threshold->bound) && threshold->bound >= 0;
  }
  if (threshold->metric == Metric::kErrors || threshold->NeedsBaseline()) {
    double percent = 0;
    if (!absl::ConsumeSuffix(&text, "%") || !absl::SimpleAtod(text, &percent)) return false;
    threshold->bound = percent / 100;
    return percent >= 0 && percent <= 100;
  }
  // Elsewhere a plain number is of seconds; latencies are of milliseconds, and p99>2 a slip.
  if (text.empty() || !absl::ascii_isalpha(static_cast<unsigned char>(text.back()))) return false;
  const auto duration = ParseDuration(std::string(text));
  if (!duration) return false;
  threshold->bound = static_cast<double>(duration->count());
  return true;
}

}  // namespace

std::optional<double> Threshold::Value(const RunResult& result, const Baseline* baseline) const {
  const Histogram& latency = result.latency;
  if (NeedsBaseline()) {
    if (baseline == nullptr || !baseline->valid()) return std::nullopt;
    return metric == Metric::kEcho ? baseline->ShareOfEcho(result)
                                   : baseline->ShareOfMemcpy(result);
  }
  if (metric == Metric::kCalls) return result.calls_per_second();
  if (metric == Metric::kErrors) {
    const auto all = static_cast<double>(result.answered() + result.failed());
    if (all == 0) return std::nullopt;
    return static_cast<double>(result.failed()) / all;
  }
  if (metric == Metric::kPercentile) {
    const auto value = result.Percentile(percent);
    return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
  }
  if (latency.count() == 0 || result.unsent > 0) return std::nullopt;
  return metric == Metric::kMean ? latency.mean() : static_cast<double>(latency.max());
}

std::optional<bool> Threshold::Met(const RunResult& result, const Baseline* baseline) const {
  const auto value = Value(result, baseline);
  if (!value) return std::nullopt;
  return less ? *value < bound : *value > bound;
}

uint64_t Threshold::CallsNeeded() const {
  return metric == Metric::kPercentile ? Histogram::SamplesNeeded(percent) : 1;
}

absl::StatusOr<Threshold> ParseThreshold(const std::string& text) {
  Threshold threshold{.text = text};
  const size_t sign = text.find_first_of("<>");
  if (sign != std::string::npos) {
    threshold.less = text[sign] == '<';
    const auto metric = absl::StripAsciiWhitespace(absl::string_view(text).substr(0, sign));
    const auto bound = absl::StripAsciiWhitespace(absl::string_view(text).substr(sign + 1));
    if (ParseMetric(metric, &threshold) && ParseBound(bound, &threshold)) return threshold;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text,
                   "' is no condition; write it as p99<2ms, mean>500us, calls<10000, errors>0.1% "
                   "or echo<80%"));
}

std::vector<Threshold> ParsedThresholds(const std::vector<std::string>& texts) {
  std::vector<Threshold> thresholds;
  for (const std::string& text : texts) thresholds.push_back(*ParseThreshold(text));
  return thresholds;
}

std::string CheckThreshold(const std::string& text) {
  return std::string(ParseThreshold(text).status().message());
}

}  // namespace activation::cli
