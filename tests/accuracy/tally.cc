#include "tests/accuracy/tally.h"

#include <algorithm>
#include <cmath>

namespace activation::accuracy {

void Tally::AddError(double x, double ulp) {
  if (ulp <= max_ulp) return;
  max_ulp = std::isnan(ulp) ? INFINITY : ulp;
  worst_x = x;
}

void Tally::AddToProfile(double x, double ulp) {
  const double place = (x + kProfileEnd) / (2 * kProfileEnd) * kProfileRanges;
  if (!(place >= 0 && place < kProfileRanges)) return;
  double& greatest = profile[static_cast<size_t>(place)];
  if (!(ulp <= greatest)) greatest = std::isnan(ulp) ? INFINITY : ulp;
}

double Tally::UnseenUlp() const {
  constexpr double kDecimals = 1e4;
  const double largest = std::max(max_ulp, max_ulp_before);
  const double end_of_print = (std::floor(largest * kDecimals + 0.5) + 0.499) / kDecimals;
  return std::max(largest, end_of_print);
}

void Tally::Add(const Tally& part) {
  checked += part.checked;
  misrounds += part.misrounds;
  hash += part.hash;
  slow_lane += part.slow_lane;
  AddError(part.worst_x, part.max_ulp);
  if (profile.empty()) profile = part.profile;
  for (size_t i = 0; i < part.profile.size(); ++i) {
    profile[i] = std::max(profile[i], part.profile[i]);
  }
}

uint64_t SweepResult::TargetDifferences() const {
  uint64_t sum = 0;
  for (const TargetTally& target : targets) sum += target.differing;
  return sum;
}

void SweepResult::Add(const SweepResult& part) {
  for (size_t tier = 0; tier < 2; ++tier) {
    for (size_t direction = 0; direction < 2; ++direction) {
      tallies[tier][direction].Add(part.tallies[tier][direction]);
    }
  }
  if (targets.empty()) {
    targets = part.targets;
    return;
  }
  for (size_t i = 0; i < targets.size(); ++i) {
    targets[i].compared += part.targets[i].compared;
    targets[i].differing += part.targets[i].differing;
  }
}

}  // namespace activation::accuracy
