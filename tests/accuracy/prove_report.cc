#include "tests/accuracy/prove_report.h"

#include <unistd.h>

#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/accuracy/prove_state.h"

namespace activation::accuracy {
namespace {

std::string HexOf(uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016" PRIx64, hash);
  return text;
}

// A number of at most 32 bits, to read and to the last bit.
std::string NumberText(double value) { return absl::StrFormat("%.9g (%a)", value, value); }

void PrintFirstMisround(const SweepOptions& options, const Misround& first) {
  const std::string dy = options.with_dy ? absl::StrCat(", dy ", NumberText(first.dy)) : "";
  std::printf("  first misround: x %s%s: got %s, wanted %s\n", NumberText(first.x).c_str(),
              dy.c_str(), NumberText(first.got).c_str(), NumberText(first.wanted).c_str());
}

// Calls print(tier, direction, tally) for those that were wanted.
template <class PrintOne>
void ForEachCase(const SweepOptions& options, const SweepResult& result, PrintOne print) {
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      if (options.Wants(tier, direction)) print(tier, direction, result.At(tier, direction));
    }
  }
  std::fflush(stdout);
}

// Only f32 in EXACT has a slow lane of its own to count.
bool HasSlowLane(const SweepOptions& options, Tier tier) {
  return options.dtype == DType::kF32 && tier == Tier::kExact;
}

}  // namespace

void PrintTableHead() {
  std::printf("%-13s %-9s %-5s %-6s %11s %10s %9s %15s %10s  %-16s  %s\n", "function", "direction",
              "dtype", "tier", "checked", "misrounds", "max ULP", "worst x", "slow lane", "hash",
              "differing bits");
}

void PrintTable(const SweepOptions& options, const SweepResult& result) {
  ForEachCase(options, result, [&](Tier tier, Direction direction, const Tally& tally) {
    const std::string slow = HasSlowLane(options, tier) ? std::to_string(tally.slow_lane) : "-";
    std::printf("%-13s %-9s %-5s %-6s %11" PRIu64 " %10" PRIu64 " %9.4f %15.8g %10s  %s  %" PRIu64
                "\n",
                Catalogue()[options.function].name, std::string(Name(direction)).c_str(),
                std::string(Name(options.dtype)).c_str(), std::string(Name(tier)).c_str(),
                tally.checked, tally.misrounds, tally.max_ulp, tally.worst_x, slow.c_str(),
                HexOf(tally.hash).c_str(), result.TargetDifferences());
    if (tally.first_misround && PromisesNearest(options.dtype, tier)) {
      PrintFirstMisround(options, *tally.first_misround);
    }
  });
}

void PrintJson(const SweepOptions& options, const SweepResult& result) {
  std::vector<std::string> targets;
  std::map<std::string, uint64_t> compared;
  for (const TargetTally& target : result.targets) {
    targets.push_back(target.target);
    compared[target.target] = target.compared;
  }
  ForEachCase(options, result, [&](Tier tier, Direction direction, const Tally& tally) {
    nlohmann::json record = ToJson(tally);
    // The digits that are right.
    if (std::isfinite(tally.max_ulp)) record["max_ulp"] = std::round(tally.max_ulp * 1e4) / 1e4;
    record["function"] = Catalogue()[options.function].name;
    record["direction"] = std::string(Name(direction));
    record["dtype"] = std::string(Name(options.dtype));
    record["tier"] = std::string(Name(tier));
    record["dy"] = options.with_dy ? "random" : "absent";
    record["hash"] = HexOf(tally.hash);
    // These three are of all tiers and directions together.
    record["targets"] = targets;
    record["compared"] = compared;
    record["target_differences"] = result.TargetDifferences();
    if (!HasSlowLane(options, tier)) record.erase("slow_lane");
    if (!options.profile) record.erase("profile");
    std::puts(record.dump().c_str());
  });
}

std::vector<std::string> BrokenPromises(const SweepOptions& options, const SweepResult& result) {
  const std::string sweep =
      absl::StrCat(Catalogue()[options.function].name, " ", Name(options.dtype));
  std::vector<std::string> broken;
  ForEachCase(options, result, [&](Tier tier, Direction direction, const Tally& tally) {
    if (KeepsPromise(options.dtype, tier, direction, tally)) return;
    const double promised = PromisedUlp(options.dtype, tier, direction);
    broken.push_back(absl::StrCat(
        sweep, " ", Name(tier), " ", Name(direction), ": ",
        PromisesNearest(options.dtype, tier)
            ? absl::StrCat(tally.misrounds, tally.misrounds == 1 ? " misround" : " misrounds")
            : absl::StrFormat("%.4f ULP, above %g", tally.max_ulp, promised)));
  });
  if (const uint64_t differing = result.TargetDifferences(); differing != 0) {
    broken.push_back(absl::StrCat(sweep, ": instruction sets differ in ", differing, " results"));
  }
  return broken;
}

Progress::Progress(uint64_t inputs)
    : on_terminal_(isatty(STDERR_FILENO) != 0), total_(inputs), left_(inputs) {}

void Progress::Skip(uint64_t inputs) {
  const std::lock_guard<std::mutex> lock(mutex_);
  left_ -= inputs;
}

void Progress::Add(const std::string& what, uint64_t inputs) {
  const std::lock_guard<std::mutex> lock(mutex_);
  left_ -= inputs;
  done_ += inputs;
  const Clock::time_point now = Clock::now();
  if (now - shown_ < (on_terminal_ ? std::chrono::milliseconds(200) : std::chrono::minutes(1))) {
    return;
  }
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double left = seconds * static_cast<double>(left_) / static_cast<double>(done_);
  const double percent = 100 - 100 * static_cast<double>(left_) / static_cast<double>(total_);
  std::fprintf(stderr, "%s%.2f %% done, %s, %.0f min %02d s left%s", on_terminal_ ? "\r" : "",
               percent, what.c_str(), std::floor(left / 60), static_cast<int>(left) % 60,
               on_terminal_ ? "  \r" : "\n");
}

void Progress::Clear() const {
  if (on_terminal_) std::fputs("\r\x1b[K", stderr);
}

}  // namespace activation::accuracy
