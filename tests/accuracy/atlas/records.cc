#include "tests/accuracy/atlas/records.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace activation::atlas {
namespace {

using nlohmann::json;

// JSON has no infinity and no NaN.
json Number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

// The processor's name.
std::string Machine() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

json KeyOf(const PeerInfo& peer, const Task& task, const Inputs& inputs) {
  return {{"library", peer.library},
          {"version", peer.version},
          {"mode", peer.mode},
          {"case", task.subject->name},
          {"direction", std::string(Name(task.direction))},
          {"dtype", std::string(Name(task.dtype))},
          {"inputs", inputs.count()}};
}

json WorstOf(const Worst& worst) {
  return {{"ulp", Number(worst.ulp)},
          {"x", Number(worst.x)},
          {"result", Number(worst.result)},
          {"truth", Number(worst.truth)}};
}

json TallyOf(const Tally& tally) {
  return {{"wrong", tally.wrong},
          {"far", tally.far},
          {"wrong_zeros", tally.wrong_zeros},
          {"wrong_signs", tally.wrong_signs},
          {"nan_made", tally.nan_made},
          {"nan_lost", tally.nan_lost},
          {"inf_made", tally.inf_made},
          {"inf_lost", tally.inf_lost},
          {"zero_signs", tally.zero_signs},
          {"worst", WorstOf(tally.worst)},
          {"normal_wrong", tally.normal_wrong},
          {"normal_zeros", tally.normal_zeros},
          {"normal_worst", WorstOf(tally.normal_worst)}};
}

// [block, largest error, wrong results, NaNs made] where anything is wrong.
json ProfileOf(const Findings& findings) {
  json profile = json::array();
  for (const BlockErrors& errors : findings.profile) {
    profile.push_back(
        {errors.block, std::min(errors.max_ulp, 1e30), errors.wrong, errors.nan_made});
  }
  return profile;
}

}  // namespace

absl::Status Records::Open(const std::string& path) {
  path_ = path;
  std::ifstream in(path);
  bool ends_whole = true;
  for (std::string line; std::getline(in, line);) {
    ends_whole = !in.eof();
    const json record = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (record.is_object() && record.contains("key")) done_.insert(record["key"].dump());
  }
  std::ofstream out(path, std::ios::app);
  // A line that was cut off stays alone on it.
  if (!ends_whole) out << '\n';
  out.flush();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return absl::OkStatus();
}

bool Records::Has(const PeerInfo& peer, const Task& task, const Inputs& inputs) const {
  return done_.count(KeyOf(peer, task, inputs).dump()) > 0;
}

absl::Status Records::Append(const PeerInfo& peer, const Task& task, const Inputs& inputs,
                             const Contender& contender) {
  const Findings& findings = contender.findings;
  const json record = {{"key", KeyOf(peer, task, inputs)},
                       {"options", peer.options},
                       {"call", contender.function->call()},
                       {"span", inputs.span()},
                       {"tally", TallyOf(findings.tally)},
                       {"at_minus_infinity", Number(findings.special.at_minus_infinity)},
                       {"at_infinity", Number(findings.special.at_infinity)},
                       {"nans_lost", findings.special.nans_lost},
                       {"profile", ProfileOf(findings)},
                       {"seconds", findings.seconds},
                       {"machine", Machine()},
                       {"date", absl::FormatTime("%Y-%m-%d", absl::Now(), absl::LocalTimeZone())}};
  if (path_.empty()) {
    std::puts(record.dump().c_str());
    return absl::OkStatus();
  }
  std::ofstream out(path_, std::ios::app);
  out << record.dump() << '\n';
  out.flush();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", path_));
  return absl::OkStatus();
}

}  // namespace activation::atlas
