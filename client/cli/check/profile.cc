#include "client/cli/check/profile.h"

#include <algorithm>
#include <cmath>

namespace activation::cli::check {

void Profile::Add(double x, double ulp) {
  if (!(std::fabs(x) < kReach)) return;
  double& largest = ulp_[static_cast<size_t>((x + kReach) * kRangesOfOne)];
  largest = std::max(largest, ulp);
}

std::pair<size_t, size_t> Profile::Above(double ulp) const {
  size_t begin = 0, end = kRanges;
  while (begin < end && ulp_[begin] <= ulp) ++begin;
  while (begin < end && ulp_[end - 1] <= ulp) --end;
  return {begin, end};
}

std::vector<std::pair<double, double>> Profile::Points(size_t most) const {
  const auto [seen_begin, seen_end] = Above(0);
  auto [begin, end] = Above(kRightUlp);
  if (begin == end) {
    begin = seen_begin;
    end = seen_end;
  }
  // Some of what is right on both sides, so that the edges are seen.
  const size_t margin = (end - begin) / 8 + kMargin * kRangesOfOne;
  begin = std::max(seen_begin, begin - std::min(begin, margin));
  end = std::min(seen_end, end + margin);

  const size_t width = std::max<size_t>(1, (end - begin + most - 1) / most);
  std::vector<std::pair<double, double>> points;
  for (size_t first = begin; first < end; first += width) {
    const size_t behind = std::min(end, first + width);
    const double largest = *std::max_element(ulp_.begin() + static_cast<ptrdiff_t>(first),
                                             ulp_.begin() + static_cast<ptrdiff_t>(behind));
    const double middle = static_cast<double>(first + behind) / 2 / kRangesOfOne - kReach;
    if (largest > 0) points.emplace_back(middle, largest);
  }
  return points;
}

}  // namespace activation::cli::check
