#include "src/diagnosis/expectation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "src/backends/tensor_statistics.h"

namespace activation::diagnosis {
namespace {

// Gauss's rule of 7 points and Kronrod's of 15 that contains it, on [-1, 1]: the points that
// are not negative, the largest first. Gauss has every second one.
// Source: QUADPACK, dqk15.
constexpr size_t kRulePoints = 15;
// The rule's, and both ends of the interval.
constexpr size_t kPoints = kRulePoints + 2;
constexpr std::array<double, 8> kNodes = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144691258235, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0};
constexpr std::array<double, 8> kKronrod = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714};
constexpr std::array<double, 4> kGauss = {
    0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
    0.381830050505118944950369775488975, 0.417959183673469387755102040816327};

// In deviations. Beyond, the density is no number any more, so nothing is missed whatever f
// is; f and its square may be largest far out, as those of exp are.
constexpr double kReach = 38;
constexpr size_t kFirstIntervals = 256;
// Of a whole integral, for each interval's estimate of its error. Where all is smooth the
// true error is far below that estimate.
constexpr double kTolerance = 1e-13;
// A jump halves its interval each time until what is about it weighs no more than this.
constexpr double kWeightless = 1e-14;
constexpr int kMostRounds = 60;

enum Part { kFinite, kZeros, kDead, kSaturated, kShifted, kSquare, kSlopeSquare, kParts };
using Parts = std::array<double, kParts>;

void AddTimes(const Parts& parts, double factor, Parts* sum) {
  for (size_t i = 0; i < kParts; ++i) (*sum)[i] += factor * parts[i];
}

struct Interval {
  double begin;
  double end;
};

struct Estimate {
  Parts value{};
  Parts error{};
};

// The points of an interval, ascending.
double PointOf(const Interval& interval, size_t i) {
  const double middle = (interval.begin + interval.end) / 2;
  const double half = (interval.end - interval.begin) / 2;
  if (i == 0) return interval.begin;
  if (i == kPoints - 1) return interval.end;
  return i <= 8 ? middle - half * kNodes[i - 1] : middle + half * kNodes[kRulePoints - i];
}

// What is integrated, at a point with f and f'. f stands less `shift`, so that its square is
// no larger than its variance wants.
Parts PartsAt(double y, double slope, double shift) {
  Parts parts{};
  if (!std::isfinite(y) || !std::isfinite(slope)) return parts;
  parts[kFinite] = 1;
  parts[kZeros] = y == 0 ? 1 : 0;
  parts[kDead] = slope == 0 ? 1 : 0;
  parts[kSaturated] = std::fabs(slope) < kSaturatedBelow ? 1 : 0;
  parts[kShifted] = y - shift;
  parts[kSquare] = (y - shift) * (y - shift);
  parts[kSlopeSquare] = slope * slope;
  return parts;
}

Estimate EstimateOf(const Interval& interval, const double* y, const double* slope, double shift) {
  Estimate estimate;
  Parts gauss{};
  const double half = (interval.end - interval.begin) / 2;
  for (size_t i = 0; i < kRulePoints; ++i) {
    const size_t node = std::min(i, kRulePoints - 1 - i);
    const double weight = half * Density(PointOf(interval, i + 1));
    // Where the density is zero f may be infinite.
    if (weight == 0) continue;
    const Parts parts = PartsAt(y[i + 1], slope[i + 1], shift);
    AddTimes(parts, weight * kKronrod[node], &estimate.value);
    if (node % 2 == 1) AddTimes(parts, weight * kGauss[node / 2], &gauss);
  }
  for (size_t i = 0; i < kParts; ++i) estimate.error[i] = std::fabs(estimate.value[i] - gauss[i]);
  return estimate;
}

// Whether all that is counted is the same at both, as far as they tell: a derivative that
// changes its sign between them is small somewhere.
bool CountAlike(const Parts& a, double slope_a, const Parts& b, double slope_b) {
  for (const Part part : {kFinite, kZeros, kDead, kSaturated}) {
    if (a[part] != b[part]) return false;
  }
  return a[kSaturated] != 0 || (slope_a < 0) == (slope_b < 0);
}

// Whether a border between what is counted and what is not lies between two points of the
// interval, with some weight about it. The rule may have no point in what is narrow.
bool HasBorder(const Interval& interval, const double* y, const double* slope) {
  Parts before = PartsAt(y[0], slope[0], 0);
  for (size_t i = 1; i < kPoints; ++i) {
    const Parts here = PartsAt(y[i], slope[i], 0);
    const double from = PointOf(interval, i - 1);
    const double to = PointOf(interval, i);
    const double weight = (to - from) * std::max(Density(from), Density(to));
    if (weight > kWeightless && !CountAlike(before, slope[i - 1], here, slope[i])) return true;
    before = here;
  }
  return false;
}

// What errors are held against: the integrals so far. That of f may be zero by symmetry.
Parts ScalesOf(const Parts& integrals) {
  Parts scales = integrals;
  scales[kShifted] = std::sqrt(integrals[kSquare] * integrals[kFinite]);
  return scales;
}

bool IsGood(const Estimate& estimate, const Parts& scales) {
  for (size_t i = 0; i < kParts; ++i) {
    // Not a number: the squares are too large for one, and no interval is narrow enough.
    if (estimate.error[i] > kTolerance * scales[i]) return false;
  }
  return true;
}

std::vector<Interval> FirstIntervals() {
  std::vector<Interval> intervals;
  const double width = 2 * kReach / kFirstIntervals;
  for (size_t i = 0; i < kFirstIntervals; ++i) {
    const double begin = -kReach + static_cast<double>(i) * width;
    intervals.push_back({begin, begin + width});
  }
  return intervals;
}

class Integration {
 public:
  Integration(const Normal& normal, EvaluatePoints evaluate)
      : normal_(normal), evaluate_(evaluate) {}

  absl::StatusOr<Figures> Run() {
    absl::Status status = FindShift();
    for (int round = 0; status.ok() && round < kMostRounds && !open_.empty(); ++round) {
      status = Refine(round + 1 == kMostRounds);
    }
    if (!status.ok()) return status;
    return Result();
  }

 private:
  absl::Status Evaluate(const std::vector<double>& x) {
    y_.resize(x.size());
    slope_.resize(x.size());
    return evaluate_(x, absl::MakeSpan(y_), absl::MakeSpan(slope_));
  }

  absl::Status FindShift() {
    const absl::Status status = Evaluate({normal_.mean});
    if (status.ok() && std::isfinite(y_[0])) shift_ = y_[0];
    return status;
  }

  // One round: estimates every open interval, keeps what is good, halves the others.
  absl::Status Refine(bool last) {
    std::vector<double> x;
    for (const Interval& interval : open_) {
      for (size_t i = 0; i < kPoints; ++i) {
        x.push_back(normal_.mean + normal_.deviation * PointOf(interval, i));
      }
    }
    const absl::Status status = Evaluate(x);
    if (!status.ok()) return status;
    std::vector<Estimate> estimates;
    Parts all = done_;
    for (size_t i = 0; i < open_.size(); ++i) {
      const size_t at = i * kPoints;
      estimates.push_back(EstimateOf(open_[i], &y_[at], &slope_[at], shift_));
      AddTimes(estimates.back().value, 1, &all);
    }
    const Parts scales = ScalesOf(all);
    std::vector<Interval> next;
    for (size_t i = 0; i < open_.size(); ++i) {
      const double middle = (open_[i].begin + open_[i].end) / 2;
      const size_t at = i * kPoints;
      const bool good = IsGood(estimates[i], scales) && !HasBorder(open_[i], &y_[at], &slope_[at]);
      if (last || good) {
        AddTimes(estimates[i].value, 1, &done_);
      } else {
        next.push_back({open_[i].begin, middle});
        next.push_back({middle, open_[i].end});
      }
    }
    open_ = std::move(next);
    return absl::OkStatus();
  }

  Figures Result() const {
    const double finite = done_[kFinite];
    const double shifted = done_[kShifted] / finite;
    const double square = done_[kSquare] / finite;
    return {.non_finite = std::max(0.0, 1 - finite),
            .zeros = done_[kZeros],
            .dead = done_[kDead],
            .saturated = done_[kSaturated],
            .mean = shift_ + shifted,
            .variance = std::isfinite(square) ? std::max(0.0, square - shifted * shifted) : square,
            .gradient_gain = done_[kSlopeSquare] / finite};
  }

  const Normal normal_;
  const EvaluatePoints evaluate_;
  double shift_ = 0;
  std::vector<Interval> open_ = FirstIntervals();
  Parts done_{};
  std::vector<double> y_;
  std::vector<double> slope_;
};

}  // namespace

absl::StatusOr<Figures> Expect(const Normal& normal, EvaluatePoints evaluate) {
  return Integration(normal, evaluate).Run();
}

}  // namespace activation::diagnosis
