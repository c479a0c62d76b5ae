#include "src/diagnosis/expectation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "src/diagnosis/estimate.h"

namespace activation::diagnosis {
namespace {

// In deviations. Beyond, the density is no number any more, so nothing is missed whatever f
// is; f and its square may be largest far out, as those of exp are.
constexpr double kReach = 38;
constexpr size_t kFirstIntervals = 256;
constexpr int kMostRounds = 60;
// What is still open then stands as it was last estimated: noise that no floor of an estimate
// knows costs this much and no more. The catalogue's functions over N(0, 1) take fewer than
// 40,000 points, whatever their parameters.
constexpr size_t kMostIntervals = 4096;
constexpr size_t kMostPoints = size_t{1} << 19;
// An integral grows without end where over so many rounds it grew at least as much as over
// those before: one that has a value gains ever less.
constexpr size_t kGrowthRounds = 5;
constexpr double kGrowth = 0.9;
// Of the whole; smaller growth is rounding.
constexpr double kSomeGrowth = 1e-9;
// Of all weights' sum, from their rounding.
constexpr double kNearlyAll = 1e-12;

std::vector<Interval> FirstIntervals() {
  std::vector<Interval> intervals;
  const double width = 2 * kReach / kFirstIntervals;
  for (size_t i = 0; i < kFirstIntervals; ++i) {
    const double begin = -kReach + static_cast<double>(i) * width;
    intervals.push_back({begin, begin + width});
  }
  return intervals;
}

// The power of two below `most`; exact to divide by.
double UnitOf(double most) { return most > 0 ? std::exp2(std::ilogb(most)) : 1; }

class Integration {
 public:
  Integration(const Normal& normal, EvaluatePoints evaluate)
      : normal_(normal), evaluate_(evaluate) {}

  absl::StatusOr<Figures> Run() {
    absl::Status status = FindShift();
    while (status.ok() && !open_.empty()) status = Refine();
    if (!status.ok()) return status;
    return Result();
  }

 private:
  absl::Status Evaluate(const std::vector<double>& x) {
    y_.resize(x.size());
    slope_.resize(x.size());
    absl::Status status = evaluate_(x, absl::MakeSpan(y_), absl::MakeSpan(slope_));
    if (!status.ok()) return status;
    points_.clear();
    for (size_t i = 0; i < x.size(); ++i) points_.push_back({x[i], y_[i], slope_[i]});
    evaluated_ += x.size();
    return absl::OkStatus();
  }

  absl::Status FindShift() {
    absl::Status status = Evaluate({normal_.mean});
    if (status.ok() && std::isfinite(y_[0])) measure_.shift = y_[0];
    return status;
  }

  // From the first round's points: some of them are near enough to the largest.
  void FindUnits() {
    double most = 0;
    double most_slope = 0;
    for (const Point& point : points_) {
      const double y = std::fabs(point.y - measure_.shift);
      const double slope = std::fabs(point.slope);
      if (!std::isfinite(y) || !std::isfinite(slope)) continue;
      most = std::max(most, y);
      most_slope = std::max(most_slope, slope);
    }
    measure_.unit = UnitOf(most);
    measure_.slope_unit = UnitOf(most_slope);
  }

  // One round: estimates every open interval, keeps what is good, halves the others.
  absl::Status Refine() {
    std::vector<double> x;
    for (const Interval& interval : open_) {
      for (size_t i = 0; i < kPoints; ++i) {
        x.push_back(normal_.mean + normal_.deviation * PointOf(interval, i));
      }
    }
    absl::Status status = Evaluate(x);
    if (!status.ok()) return status;
    if (totals_.empty()) FindUnits();
    std::vector<Estimate> estimates;
    Parts all = done_;
    for (size_t i = 0; i < open_.size(); ++i) {
      estimates.push_back(EstimateOf(open_[i], &points_[i * kPoints], measure_));
      AddTimes(estimates.back().value, 1, &all);
    }
    totals_.push_back(all);
    Divide(estimates, ScalesOf(all));
    return absl::OkStatus();
  }

  void Divide(const std::vector<Estimate>& estimates, const Parts& scales) {
    std::vector<Interval> next;
    Parts kept = done_;
    for (size_t i = 0; i < open_.size(); ++i) {
      const Point* points = &points_[i * kPoints];
      bool keep = IsGood(estimates[i], scales) && !HasBorder(open_[i], points);
      if (!keep && IsNarrow(points)) {
        keep = true;
        if (first_narrow_ == 0) first_narrow_ = totals_.size();
      }
      if (keep) {
        AddTimes(estimates[i].value, 1, &kept);
        continue;
      }
      const double middle = (open_[i].begin + open_[i].end) / 2;
      next.push_back({open_[i].begin, middle});
      next.push_back({middle, open_[i].end});
    }
    const bool enough = totals_.size() == kMostRounds || next.size() > kMostIntervals ||
                        evaluated_ + next.size() * kPoints > kMostPoints;
    done_ = enough ? totals_.back() : kept;
    open_ = enough ? std::vector<Interval>() : std::move(next);
  }

  // The least of the integral in the rounds before that one: beside a pole a point may happen
  // to be very near to it, and an estimate far too large.
  double LeastBefore(size_t round, Part part) const {
    double least = totals_[round - 1][part];
    for (size_t i = 2; i <= kGrowthRounds; ++i) {
      least = std::min(least, totals_[round - i][part]);
    }
    return least;
  }

  // Judged before intervals became too narrow to be estimated well.
  bool GrowsWithoutEnd(Part part) const {
    const size_t rounds = first_narrow_ > 0 ? first_narrow_ : totals_.size();
    if (rounds < 3 * kGrowthRounds) return false;
    const double last = LeastBefore(rounds, part);
    const double middle = LeastBefore(rounds - kGrowthRounds, part);
    const double first = LeastBefore(rounds - 2 * kGrowthRounds, part);
    const double some = kSomeGrowth * last;
    return middle - first > some && last - middle > some &&
           last - middle >= kGrowth * (middle - first);
  }

  double ShareOf(Part part) const {
    const double share = done_[part] / (done_[kFinite] + done_[kNonFinite]);
    return share > 1 - kNearlyAll ? 1 : share;
  }

  double Variance(double shifted) const {
    if (GrowsWithoutEnd(kSquare)) return std::numeric_limits<double>::infinity();
    const double square = done_[kSquare] / done_[kFinite];
    if (!std::isfinite(square)) return square;
    // In this order it overflows only where the variance itself does.
    return std::max(0.0, square - shifted * shifted) * measure_.unit * measure_.unit;
  }

  double GradientGain() const {
    if (GrowsWithoutEnd(kSlopeSquare)) return std::numeric_limits<double>::infinity();
    return done_[kSlopeSquare] / done_[kFinite] * measure_.slope_unit * measure_.slope_unit;
  }

  Figures Result() const {
    const double shifted = done_[kShifted] / done_[kFinite];
    return {.non_finite = ShareOf(kNonFinite),
            .zeros = ShareOf(kZeros),
            .dead = ShareOf(kDead),
            .saturated = ShareOf(kSaturated),
            .mean = measure_.shift + shifted * measure_.unit,
            .variance = Variance(shifted),
            .gradient_gain = GradientGain()};
  }

  const Normal normal_;
  const EvaluatePoints evaluate_;
  Measure measure_;
  std::vector<Interval> open_ = FirstIntervals();
  Parts done_{};
  std::vector<Parts> totals_;  // of all intervals, after each round
  size_t first_narrow_ = 0;    // the round, counted from 1
  size_t evaluated_ = 0;
  std::vector<Point> points_;
  std::vector<double> y_;
  std::vector<double> slope_;
};

}  // namespace

absl::StatusOr<Figures> Expect(const Normal& normal, EvaluatePoints evaluate) {
  return Integration(normal, evaluate).Run();
}

}  // namespace activation::diagnosis
