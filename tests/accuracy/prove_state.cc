#include "tests/accuracy/prove_state.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "src/backends/cpu/kernels.h"

namespace activation::accuracy {
namespace {

using nlohmann::json;

// JSON has neither infinities nor NaN: they are "inf", "-inf" and "nan".
json Number(double value) { return std::isfinite(value) ? json(value) : json(absl::StrCat(value)); }
double NumberFrom(const json& value) {
  if (!value.is_string()) return value.get<double>();
  return std::strtod(value.get_ref<const std::string&>().c_str(), nullptr);
}

// Everything that the result depends on but the build.
std::string KeyOf(const SweepOptions& options, uint64_t first, uint64_t count) {
  json key = {{"function", Catalogue()[options.function].name},
              {"params", options.params.values},
              {"dtype", std::string(Name(options.dtype))},
              {"samples", options.samples},
              {"dy", options.with_dy},
              {"scalar_stride", options.scalar_stride},
              {"share_kernels", options.share_kernels},
              {"profile", options.profile},
              {"first", first},
              {"count", count}};
  for (const KernelSet& kernels : AllKernels()) key["targets"].push_back(kernels.target);
  if (options.tier) key["tier"] = std::string(Name(*options.tier));
  if (options.direction) key["direction"] = std::string(Name(*options.direction));
  return key.dump();
}

Tally TallyFrom(const json& from) {
  Tally tally;
  tally.checked = from.at("checked");
  tally.misrounds = from.at("misrounds");
  if (from.contains("first_misround")) {
    const json& first = from.at("first_misround");
    tally.first_misround = {first.at("x"), first.at("dy"), NumberFrom(first.at("got")),
                            NumberFrom(first.at("wanted"))};
  }
  tally.max_ulp = NumberFrom(from.at("max_ulp"));
  tally.worst_x = from.at("worst_x");
  tally.hash = from.at("hash");
  tally.slow_lane = from.at("slow_lane");
  for (const json& ulp : from.at("profile")) tally.profile.push_back(NumberFrom(ulp));
  return tally;
}

}  // namespace

json ToJson(const Tally& tally) {
  json profile = json::array();
  for (const double ulp : tally.profile) profile.push_back(Number(ulp));
  json json = {{"checked", tally.checked},
               {"misrounds", tally.misrounds},
               {"max_ulp", Number(tally.max_ulp)},
               {"worst_x", tally.worst_x},
               {"hash", tally.hash},
               {"slow_lane", tally.slow_lane},
               {"profile", profile}};
  if (tally.first_misround) {
    const Misround& first = *tally.first_misround;
    json["first_misround"] = {{"x", first.x},
                              {"dy", first.dy},
                              {"got", Number(first.got)},
                              {"wanted", Number(first.wanted)}};
  }
  return json;
}

json ToJson(const SweepResult& result) {
  json json;
  for (const auto& of_tier : result.tallies) {
    for (const Tally& tally : of_tier) json["tallies"].push_back(ToJson(tally));
  }
  for (const TargetTally& target : result.targets) {
    json["targets"].push_back({{"target", target.target},
                               {"compared", target.compared},
                               {"differing", target.differing}});
  }
  return json;
}

std::optional<SweepResult> ResultFromJson(const json& from) try {
  SweepResult result;
  for (size_t i = 0; i < 4; ++i) result.tallies[i / 2][i % 2] = TallyFrom(from.at("tallies").at(i));
  for (const json& target : from.at("targets")) {
    result.targets.push_back({target.at("target"), target.at("compared"), target.at("differing")});
  }
  return result;
} catch (const json::exception&) {
  // The library's way to say that a line is something else.
  return std::nullopt;
}

absl::Status ProveState::Open(const std::string& path) {
  path_ = path;
  std::ifstream in(path);
  bool ends_whole = true;
  for (std::string line; std::getline(in, line);) {
    ends_whole = !in.eof();
    const json record = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!record.is_object() || !record.contains("key") || !record.contains("result")) continue;
    const auto result = ResultFromJson(record["result"]);
    if (result) done_[record["key"].dump()] = *result;
  }
  std::ofstream out(path, std::ios::app);
  // A line that was cut off stays alone on it.
  if (!ends_whole) out << '\n';
  out.flush();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write the state file ", path));
  return absl::OkStatus();
}

std::optional<SweepResult> ProveState::Find(const SweepOptions& options, uint64_t first,
                                            uint64_t count) const {
  const auto found = done_.find(KeyOf(options, first, count));
  if (found == done_.end()) return std::nullopt;
  return found->second;
}

absl::Status ProveState::Append(const SweepOptions& options, uint64_t first, uint64_t count,
                                const SweepResult& result) {
  if (path_.empty()) return absl::OkStatus();
  const json record = {{"key", json::parse(KeyOf(options, first, count))},
                       {"result", ToJson(result)}};
  std::ofstream out(path_, std::ios::app);
  out << record.dump() << '\n';
  out.flush();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write the state file ", path_));
  return absl::OkStatus();
}

}  // namespace activation::accuracy
