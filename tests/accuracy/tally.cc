#include "tests/accuracy/tally.h"

#include <algorithm>
#include <cmath>

namespace activation::accuracy {
namespace {

constexpr double kDecimals = 1e4;

// An error as it is printed, in units of the last decimal.
double Printed(double ulp) { return std::floor(ulp * kDecimals + 0.5); }

}  // namespace

bool IsNearer(double x, double y) {
  if (std::fabs(x) != std::fabs(y)) return std::fabs(x) < std::fabs(y);
  return !std::signbit(x) && std::signbit(y);
}

void Tally::AddError(double x, double ulp) {
  if (std::isnan(ulp)) ulp = INFINITY;
  const double printed = Printed(ulp);
  const double largest = Printed(max_ulp);
  if (printed < largest) return;
  if (printed > largest || IsNearer(x, worst_x)) worst_x = x;
  max_ulp = std::max(max_ulp, ulp);
}

void Tally::AddToProfile(double x, double ulp) {
  const double place = (x + kProfileEnd) / (2 * kProfileEnd) * kProfileRanges;
  if (!(place >= 0 && place < kProfileRanges)) return;
  double& greatest = profile[static_cast<size_t>(place)];
  if (!(ulp <= greatest)) greatest = std::isnan(ulp) ? INFINITY : ulp;
}

double Tally::UnseenUlp(double nearest) const {
  const double largest = std::max(max_ulp, max_ulp_before);
  const double printed = Printed(largest);
  double worst = printed == Printed(max_ulp) ? worst_x : worst_x_before;
  if (printed == Printed(max_ulp_before) && IsNearer(worst_x_before, worst)) worst = worst_x_before;
  if (!IsNearer(nearest, worst)) return std::max(largest, (printed + 0.499) / kDecimals);
  // Also one that prints like the largest would be seen.
  if (std::isinf(largest)) return 1;
  return std::max(0.0, (printed - 0.501) / kDecimals);
}

bool Tally::ComesFirst(double x, double dy) const {
  if (!first_misround) return true;
  if (IsNearer(x, first_misround->x)) return true;
  return !IsNearer(first_misround->x, x) && IsNearer(dy, first_misround->dy);
}

void Tally::AddMisround(const Misround& misround) {
  if (ComesFirst(misround.x, misround.dy)) first_misround = misround;
}

void Tally::Add(const Tally& part) {
  checked += part.checked;
  misrounds += part.misrounds;
  hash += part.hash;
  slow_lane += part.slow_lane;
  AddError(part.worst_x, part.max_ulp);
  if (part.first_misround) AddMisround(*part.first_misround);
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
