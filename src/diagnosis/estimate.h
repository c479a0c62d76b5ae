// An estimate of all figures' integrals over an interval, and whether halving the interval would
// make it better. Pure functions.
#ifndef ACTIVATION_SRC_DIAGNOSIS_ESTIMATE_H_
#define ACTIVATION_SRC_DIAGNOSIS_ESTIMATE_H_

#include <array>
#include <cstddef>

#include "src/diagnosis/interval_rule.h"

namespace activation::diagnosis {

// What is integrated over the inputs, by their density. The first five are 1 at an input that
// counts and 0 elsewhere, as in TensorStatistics; the others are in the units of a Measure, and 0
// where f or f' is not finite.
enum Part {
  kFinite,
  kNonFinite,  // where nothing else is counted
  kZeros,
  kDead,
  kSaturated,
  kShifted,      // (f - shift) / unit
  kSquare,       // its square
  kSlopeSquare,  // (f' / slope_unit)^2
  kSize,         // |f - shift| / unit; what the error of kShifted is held against
  kParts
};
using Parts = std::array<double, kParts>;

// sum += factor parts.
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
  double density;  // of the standard normal distribution
};

// Of the integrals over one interval, each in its part's unit.
struct Estimate {
  Parts value{};
  Parts error{};  // by how much two rules differ, far more than is wrong where all is smooth
  Parts noise{};  // by how much the rounding of f and of x may have changed `value`
  Parts most{};   // the largest at any point
};

// Of kPoints points.
Estimate EstimateOf(const Interval& interval, const Point* points, const Measure& measure);

// What errors are held against: the integrals so far, where that of f may be zero by symmetry.
Parts ScalesOf(const Parts& integrals);

// Whether halving the interval would gain nothing: each error is within a share of its scale, or
// is no more than noise beyond that.
bool IsGood(const Estimate& estimate, const Parts& scales);

// Whether a border between what is counted and what is not lies between two points of the
// interval, with some weight about it, or some share of a square's scale. The rule may have no
// point in what is narrow.
bool HasBorder(const Interval& interval, const Point* points, const Measure& measure,
               const Parts& scales);

// Whether f changes over the interval by another amount than its slopes at the rule's points make
// of it: between them it bends, or is steep, as clip is between a min and a max that are near to
// each other. `scales` says how much of that matters.
bool MissesAChange(const Interval& interval, const Point* points, const Measure& measure,
                   const Parts& scales);

// Whether there are too few numbers in it to halve it.
bool IsNarrow(const Point* points);

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_ESTIMATE_H_
