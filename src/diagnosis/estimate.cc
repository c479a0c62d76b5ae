#include "src/diagnosis/estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/backends/tensor_statistics.h"

namespace activation::diagnosis {
namespace {

// Of a whole integral, for each interval's estimate of its error. Where all is smooth the
// true error is far below that estimate.
constexpr double kTolerance = 1e-13;
// A jump halves its interval each time until what is about it weighs no more than this.
constexpr double kWeightless = 1e-14;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Of |f|: by how much its own rounding may have changed it. Below that nothing can be learnt by
// halving.
constexpr double kNoise = 4 * kEpsilon;
// Of |x|: an interval that is narrower has too few numbers in it to be halved.
constexpr double kNarrowest = 64 * kEpsilon;

// What is integrated, at a point.
Parts PartsAt(const Point& at, const Measure& measure) {
  Parts parts{};
  if (!std::isfinite(at.y) || !std::isfinite(at.slope)) {
    parts[kNonFinite] = 1;
    return parts;
  }
  const double y = (at.y - measure.shift) / measure.unit;
  const double slope = at.slope / measure.slope_unit;
  parts[kFinite] = 1;
  parts[kZeros] = at.y == 0 ? 1 : 0;
  parts[kDead] = at.slope == 0 ? 1 : 0;
  parts[kSaturated] = std::fabs(at.slope) < kSaturatedBelow ? 1 : 0;
  parts[kShifted] = y;
  parts[kSquare] = y * y;
  parts[kSlopeSquare] = slope * slope;
  parts[kSize] = std::fabs(y);
  return parts;
}

// By how much rounding may have changed f at that point, its own and that of x. Below the smallest
// normal number rounding is as large as there.
double NoiseOf(const Point& at) {
  const double of_x = at.slope == 0 ? 0 : std::fabs(at.slope * at.x);
  return kNoise * (std::fabs(at.y) + of_x) + std::numeric_limits<double>::denorm_min();
}

// By how much rounding may have changed them: f's own, and that of x.
Parts NoiseAt(const Point& at, const Parts& parts, const Measure& measure) {
  Parts noise{};
  for (const Part part : {kFinite, kNonFinite, kZeros, kDead, kSaturated}) {
    noise[part] = kNoise * parts[part];
  }
  if (parts[kFinite] == 0) return noise;
  const double y = NoiseOf(at) / measure.unit;
  noise[kShifted] = y;
  // Squares below the smallest normal number have few digits.
  noise[kSquare] = 2 * std::fabs(parts[kShifted]) * y + y * y + std::numeric_limits<double>::min();
  noise[kSlopeSquare] = 2 * kNoise * parts[kSlopeSquare] + std::numeric_limits<double>::min();
  return noise;
}

// Whether all that is counted is the same at both, as far as they tell: a derivative that
// changes its sign between them is small somewhere.
bool CountAlike(const Parts& a, double slope_a, const Parts& b, double slope_b) {
  for (const Part part : {kFinite, kZeros, kDead, kSaturated}) {
    if (a[part] != b[part]) return false;
  }
  return a[kSaturated] != 0 || (slope_a < 0) == (slope_b < 0);
}

// Whether it does, for the squares, where in so much weight one becomes the other: they may be
// large in little, as beside a pole, and all there is of them, where f is flat elsewhere.
bool Matters(double weight, const Parts& a, const Parts& b, const Parts& scales) {
  for (const Part part : {kSquare, kSlopeSquare}) {
    if (weight * std::fabs(a[part] - b[part]) > kTolerance * scales[part]) return true;
  }
  return false;
}

}  // namespace

void AddTimes(const Parts& parts, double factor, Parts* sum) {
  for (size_t i = 0; i < kParts; ++i) (*sum)[i] += factor * parts[i];
}

Estimate EstimateOf(const Interval& interval, const Point* points, const Measure& measure) {
  Estimate estimate;
  Parts gauss{};
  const double half = (interval.end - interval.begin) / 2;
  for (size_t i = 0; i < kRulePoints; ++i) {
    const size_t node = NodeOf(i);
    const Point& at = points[i + 1];
    const double weight = half * at.density;
    // Where the density is zero f may be infinite.
    if (weight == 0) continue;
    const Parts parts = PartsAt(at, measure);
    AddTimes(parts, weight * kKronrod[node], &estimate.value);
    AddTimes(NoiseAt(at, parts, measure), weight * kKronrod[node], &estimate.noise);
    if (node % 2 == 1) AddTimes(parts, weight * kGauss[node / 2], &gauss);
    for (size_t part = 0; part < kParts; ++part) {
      estimate.most[part] = std::max(estimate.most[part], parts[part]);
    }
  }
  for (size_t i = 0; i < kParts; ++i) estimate.error[i] = std::fabs(estimate.value[i] - gauss[i]);
  return estimate;
}

Parts ScalesOf(const Parts& integrals) {
  Parts scales = integrals;
  scales[kShifted] = integrals[kSize];
  return scales;
}

bool HasBorder(const Interval& interval, const Point* points, const Measure& measure,
               const Parts& scales) {
  Parts before = PartsAt(points[0], measure);
  for (size_t i = 1; i < kPoints; ++i) {
    const Parts here = PartsAt(points[i], measure);
    const double width = PointOf(interval, i) - PointOf(interval, i - 1);
    const double weight = width * std::max(points[i - 1].density, points[i].density);
    if (!CountAlike(before, points[i - 1].slope, here, points[i].slope) &&
        (weight > kWeightless || Matters(weight, before, here, scales))) {
      return true;
    }
    before = here;
  }
  return false;
}

bool IsGood(const Estimate& estimate, const Parts& scales) {
  for (size_t i = 0; i < kSize; ++i) {
    // Not a number: the squares are too large for one, and no interval is narrow enough.
    if (estimate.error[i] > kTolerance * scales[i] + estimate.noise[i]) return false;
  }
  return true;
}

// The mean slope is (f(end) - f(begin)) / width, whatever f does between the points. Where m is
// missing of it and slopes are up to s, the mean of f'^2 is off by some 2 s m with a kink between
// two points, and by m^2 or more with a step, by Cauchy and Schwarz.
bool MissesAChange(const Interval& interval, const Point* points, const Measure& measure,
                   const Parts& scales) {
  const Point& first = points[0];
  const Point& last = points[kPoints - 1];
  double slope = 0;
  double size = 0;
  for (size_t i = 0; i < kRulePoints; ++i) {
    const double part = kKronrod[NodeOf(i)] / 2 * (points[i + 1].slope / measure.slope_unit);
    slope += part;
    size += std::fabs(part);
  }
  const double width = (last.x - first.x) * measure.slope_unit;
  const double noise = (NoiseOf(first) + NoiseOf(last)) / width + kNoise * size;
  const double missed = std::fabs((last.y - first.y) / width - slope) - noise;
  // Or not a number, beside a pole: then other estimates fail.
  if (!(missed > 0)) return false;
  const double weight = (interval.end - interval.begin) * std::max(first.density, last.density);
  const double ends = std::max(std::fabs(first.slope), std::fabs(last.slope)) / measure.slope_unit;
  return weight * missed * (missed + 2 * std::max(size, ends)) > kTolerance * scales[kSlopeSquare];
}

bool IsNarrow(const Point* points) {
  const double first = points[0].x;
  const double last = points[kPoints - 1].x;
  return last - first <= kNarrowest * std::max(std::fabs(first), std::fabs(last));
}

}  // namespace activation::diagnosis
