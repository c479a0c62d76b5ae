#include "client/cli/check/findings.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace activation::cli::check {
namespace {

void Count(const Wrong& wrong, Tally& tally) {
  const double result = wrong.result, expected = wrong.expected;
  ++tally.inputs;
  ++tally.wrong;
  tally.far += wrong.places > 1;
  tally.nan_made += std::isnan(result);
  tally.nan_lost += std::isnan(expected);
  if (std::isnan(result) || std::isnan(expected)) return;
  const bool has_zero = result == 0 || expected == 0;
  tally.wrong_zeros += has_zero;
  tally.wrong_signs += !has_zero && std::signbit(result) != std::signbit(expected);
  tally.inf_made += std::isinf(result) && !std::isinf(expected);
  tally.inf_lost += std::isinf(expected) && !std::isinf(result);
  if (wrong.ulp > tally.worst.ulp) tally.worst = wrong;
}

bool Exceeds(const Tally& tally, double ulp) {
  if (tally.nan_made > 0 || tally.nan_lost > 0 || tally.worst.ulp > ulp) return true;
  // What is wrong by a hair more than half a unit, too little for a double to tell.
  return ulp <= kRightUlp && tally.wrong > 0;
}

}  // namespace

void UlpHistogram::Add(double ulp, uint64_t count) {
  size_t bin = 0;
  while (bin + 1 < kBins && ulp > Limit(bin)) ++bin;
  counts_[bin] += count;
}

double UlpHistogram::Limit(size_t bin) {
  return bin + 1 < kBins ? std::ldexp(kRightUlp, static_cast<int>(bin))
                         : std::numeric_limits<double>::infinity();
}

void Findings::AddRight(double x, bool finite, bool zero_sign) {
  Tally& tally = finite ? finite_ : special_;
  ++tally.inputs;
  tally.zero_signs += zero_sign;
  if (!finite) return;
  histogram_.Add(kRightUlp);
  profile_.Add(x, kRightUlp);
}

void Findings::AddWrong(const Wrong& wrong, bool finite) {
  Count(wrong, finite ? finite_ : special_);
  Rank(wrong);
  if (!finite || !std::isfinite(wrong.ulp)) return;
  // Not among the right ones, however little it misses.
  histogram_.Add(std::max(wrong.ulp, std::nextafter(kRightUlp, 1.0)));
  profile_.Add(wrong.x, std::max(wrong.ulp, std::nextafter(kRightUlp, 1.0)));
}

void Findings::Rank(const Wrong& wrong) {
  if (worst_.size() == kWorst && wrong.ulp <= worst_.back().ulp) return;
  const auto behind = std::upper_bound(
      worst_.begin(), worst_.end(), wrong,
      [](const Wrong& added, const Wrong& known) { return added.ulp > known.ulp; });
  worst_.insert(behind, wrong);
  if (worst_.size() > kWorst) worst_.pop_back();
}

bool Findings::Exceed(double ulp) const { return Exceeds(finite_, ulp) || Exceeds(special_, ulp); }

}  // namespace activation::cli::check
