// An estimate of all figures' integrals over an interval, and whether halving the interval would
// make it better. Pure functions.
#ifndef ACTIVATION_SRC_DIAGNOSIS_ESTIMATE_H_
#define ACTIVATION_SRC_DIAGNOSIS_ESTIMATE_H_

#include <array>
#include <cstddef>

#include "src/diagnosis/interval_rule.h"

namespace activation::diagnosis {

enum Part {
  kFinite,
  kNonFinite,
  kZeros,
  kDead,
  kSaturated,
  kShifted,
  kSquare,
  kSlopeSquare,
  kParts
};
using Parts = std::array<double, kParts>;

void AddTimes(const Parts& parts, double factor, Parts* sum);

// What f is measured in: f less `shift`, so that its square is no larger than its variance
// wants, in units so large that neither square leaves the range of numbers.
struct Measure {
  double shift = 0;
  double unit = 1;
  double slope_unit = 1;
};

struct Point {
  double x;
  double y;
  double slope;
};

struct Estimate {
  Parts value{};
  Parts error{};
  Parts noise{};
};

// Of kPoints points.
Estimate EstimateOf(const Interval& interval, const Point* points, const Measure& measure);

// What errors are held against: the integrals so far. That of f may be zero by symmetry.
Parts ScalesOf(const Parts& integrals);

bool IsGood(const Estimate& estimate, const Parts& scales);

// Whether a border between what is counted and what is not lies between two points of the
// interval, with some weight about it. The rule may have no point in what is narrow.
bool HasBorder(const Interval& interval, const Point* points);

// Whether there are too few numbers in it to halve it.
bool IsNarrow(const Point* points);

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_ESTIMATE_H_
