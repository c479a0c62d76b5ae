#include <cmath>
#include <string>
#include <vector>

#include "client/cli/bench/rate_text.h"
#include "client/cli/bench/server_times.h"
#include "client/cli/bench/threshold.h"
#include "client/cli/bench/workload_text.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

using cli::CaseOptions;

// As far as the six digits go that a case is written with.
bool Near(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-5 * std::abs(a);
}

bool Same(const CaseOptions& a, const CaseOptions& b) {
  if (a.activation.parameters.size() != b.activation.parameters.size()) return false;
  for (const auto& [name, value] : a.activation.parameters) {
    const auto other = b.activation.parameters.find(name);
    if (other == b.activation.parameters.end() || !Near(value, other->second)) return false;
  }
  return a.activation.function == b.activation.function && a.activation.tier == b.activation.tier &&
         a.gradient == b.gradient && a.dtype == b.dtype && a.shape == b.shape &&
         a.items == b.items && Near(a.weight, b.weight);
}

std::string CheckMix(const std::string& text) {
  const auto cases = cli::ParseMix(text, CaseOptions());
  if (!cases.ok()) return cases.status().message().empty() ? "no reason" : "";
  if (cases->empty()) return "a mix of nothing";
  for (const CaseOptions& options : *cases) {
    if (!(options.weight > 0) || options.items < 1) return "a case of nothing";
    const auto again = cli::ParseMix(cli::CaseText(options), CaseOptions());
    if (!again.ok() || again->size() != 1) return "a case that is none once written anew";
    if (!Same(options, again->front())) return "another case once written anew";
  }
  return "";
}

std::string CheckCondition(const std::string& text) {
  const auto threshold = cli::ParseThreshold(text);
  if (threshold.ok() != cli::CheckThreshold(text).empty()) return "two opinions of a condition";
  if (!threshold.ok()) return "";
  if (!(threshold->percent > 0 && threshold->percent < 100)) return "a percentile out of bounds";
  return threshold->bound >= 0 && std::isfinite(threshold->bound) ? "" : "a bound that is none";
}

std::string CheckTimes(const std::string& text) {
  const auto times = cli::ParseServerTimes(text);
  if (!times.has_value()) return "";
  const std::chrono::nanoseconds none(0);
  const bool sound = times->queue >= none && times->copy >= none && times->kernel >= none &&
                     times->total() >= times->kernel;
  return sound ? "" : "times that are none";
}

std::string CheckRates(const std::string& text) {
  const auto ramp = cli::ParseRamp(text);
  if (ramp.ok()) {
    const bool sound = ramp->first >= cli::kLeastRate && ramp->last >= cli::kLeastRate &&
                       ramp->first <= cli::kMostRate && ramp->last <= cli::kMostRate;
    if (!sound) return "a rate out of bounds";
  }
  const auto share = cli::ParsePercent(text);
  return !share.ok() || (*share > 0 && *share < 1) ? "" : "a share out of bounds";
}

}  // namespace

std::string CheckBench(absl::string_view input) {
  const std::string text(input);
  std::string problem = CheckMix(text);
  if (problem.empty()) problem = CheckCondition(text);
  if (problem.empty()) problem = CheckRates(text);
  return problem.empty() ? CheckTimes(text) : problem;
}

}  // namespace activation::fuzz
