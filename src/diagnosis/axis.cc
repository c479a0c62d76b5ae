#include "src/diagnosis/axis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace activation::diagnosis {
namespace {

// In deviations. Beyond, the density is no number any more, so nothing is missed whatever f
// is; f and its square may be largest far out, as those of exp are.
constexpr double kReach = 38;
constexpr size_t kEqualIntervals = 256;
constexpr double kWidth = 2 * kReach / kEqualIntervals;
// Of x: where a function bends on a smaller scale, as clip between bounds of 1e-30 does, it is
// found by how its values differ (MissesAChange).
constexpr double kFinest = 0x1p-64;
// Of x: beyond, most functions are what they are at infinity, and wider intervals do.
constexpr double kFar = 0x1p10;
// In deviations: below, too few numbers are left to divide.
constexpr double kLeast = 0x1p-1060;

}  // namespace

Axis AxisOf(const Normal& normal) {
  if (std::fabs(normal.mean) <= kReach * normal.deviation) {
    return {.zero = 0, .deviation = normal.deviation, .mean = normal.mean / normal.deviation};
  }
  return {.zero = normal.mean, .deviation = normal.deviation, .mean = 0};
}

std::vector<Interval> FirstIntervals(const Axis& axis) {
  const double from = axis.mean - kReach;
  const double to = axis.mean + kReach;
  std::vector<double> edges;
  for (size_t i = 0; i <= kEqualIntervals; ++i) {
    edges.push_back(axis.mean + (static_cast<double>(i) * kWidth - kReach));
  }
  if (axis.zero == 0) {
    edges.push_back(0);
    // The intervals between them grow with them, until they are as wide as the others.
    double u = std::max(kFinest / axis.deviation, kLeast);
    while (u < 2 * kWidth) {
      edges.push_back(-u);
      edges.push_back(u);
      u *= axis.deviation * u < kFar ? 2 : 4;
    }
  }
  std::sort(edges.begin(), edges.end());
  std::vector<Interval> intervals;
  for (size_t i = 1; i < edges.size(); ++i) {
    const double begin = std::max(from, edges[i - 1]);
    const double end = std::min(to, edges[i]);
    if (begin < end) intervals.push_back({begin, end});
  }
  return intervals;
}

}  // namespace activation::diagnosis
