#include "src/diagnosis/expectation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "src/diagnosis/axis.h"
#include "src/diagnosis/estimate.h"

namespace activation::diagnosis {
namespace {

constexpr int kMostRounds = 60;
// What is still open then stands as it was last estimated: noise that no floor of an estimate
// knows costs this much and no more. The catalogue's functions over N(0, 1) take fewer than
// 40,000 points, whatever their parameters.
constexpr size_t kMostIntervals = 4096;
constexpr size_t kMostPoints = size_t{1} << 19;
// An integral grows without end where over the last third of the rounds it grew at least as much
// as over the one before: one that has a value gains ever less. Of fewer rounds nothing is known.
constexpr size_t kFewestRounds = 15;
constexpr double kGrowth = 0.9;
// Of the whole; smaller growth is rounding.
constexpr double kSomeGrowth = 1e-9;
// What is integrated grows, too, by more than this factor: beside a pole that no integral has,
// it doubles as the distance halves. Of what is bounded only the finding may take rounds.
constexpr double kSteeper = 1.5;
// A share that is less than this from 1 is 1, and a mean that is less of the mean size of f is 0,
// but for rounding.
constexpr double kRounding = 4 * std::numeric_limits<double>::epsilon();

// The power of two below `most`; exact to divide by.
double UnitOf(double most) { return most > 0 ? std::exp2(std::ilogb(most)) : 1; }

class Integration {
 public:
  Integration(const Normal& normal, EvaluatePoints evaluate)
      : normal_(normal), axis_(AxisOf(normal)), evaluate_(evaluate) {}

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
    evaluated_ += x.size();
    return evaluate_(x, absl::MakeSpan(y_), absl::MakeSpan(slope_));
  }

  // Of all open intervals, one after the other.
  absl::Status EvaluateOpen() {
    std::vector<double> x;
    points_.clear();
    for (const Interval& interval : open_) {
      for (size_t i = 0; i < kPoints; ++i) {
        const double u = PointOf(interval, i);
        x.push_back(axis_.zero + axis_.deviation * u);
        points_.push_back({.x = x.back(), .y = 0, .slope = 0, .density = Density(u - axis_.mean)});
      }
    }
    absl::Status status = Evaluate(x);
    for (size_t i = 0; i < x.size(); ++i) {
      points_[i].y = y_[i];
      points_[i].slope = slope_[i];
    }
    return status;
  }

  absl::Status FindShift() {
    absl::Status status = Evaluate({normal_.mean});
    if (status.ok() && std::isfinite(y_[0])) measure_.shift = y_[0];
    return status;
  }

  std::vector<Estimate> EstimatesOfOpen() const {
    std::vector<Estimate> estimates;
    for (size_t i = 0; i < open_.size(); ++i) {
      estimates.push_back(EstimateOf(open_[i], &points_[i * kPoints], measure_));
    }
    return estimates;
  }

  // Nearly the mean of f, from the first round's points: f at the distribution's mean may be far
  // from what it is elsewhere. Where f is the same at all points, so is the shift.
  void ImproveShift() {
    Parts all{};
    for (const Estimate& estimate : EstimatesOfOpen()) AddTimes(estimate.value, 1, &all);
    const double shift = measure_.shift + all[kShifted] / all[kFinite] * measure_.unit;
    if (std::isfinite(shift)) measure_.shift = shift;
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
    absl::Status status = EvaluateOpen();
    if (!status.ok()) return status;
    if (totals_.empty()) {
      FindUnits();
      ImproveShift();
      FindUnits();
    }
    const std::vector<Estimate> estimates = EstimatesOfOpen();
    Parts all = done_;
    Parts most{};
    for (const Estimate& estimate : estimates) {
      AddTimes(estimate.value, 1, &all);
      for (size_t i = 0; i < kParts; ++i) most[i] = std::max(most[i], estimate.most[i]);
    }
    totals_.push_back(all);
    most_.push_back(most);
    Divide(estimates, ScalesOf(all));
    return absl::OkStatus();
  }

  void Divide(const std::vector<Estimate>& estimates, const Parts& scales) {
    std::vector<Interval> next;
    Parts kept = done_;
    for (size_t i = 0; i < open_.size(); ++i) {
      const Point* points = &points_[i * kPoints];
      bool keep = IsGood(estimates[i], scales) && !HasBorder(open_[i], points, measure_, scales) &&
                  !MissesAChange(open_[i], points, measure_, scales);
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

  // The least in `count` rounds up to that one: beside a pole a point may happen to be very near
  // to it, and an estimate far too large.
  static double LeastOf(const std::vector<Parts>& rounds, size_t last, size_t count, Part part) {
    double least = rounds[last - 1][part];
    for (size_t i = 2; i <= count; ++i) least = std::min(least, rounds[last - i][part]);
    return least;
  }

  // Judged before intervals became too narrow to be estimated well.
  bool GrowsWithoutEnd(Part part) const {
    const size_t rounds = first_narrow_ > 0 ? first_narrow_ : totals_.size();
    if (rounds < kFewestRounds) return false;
    const size_t third = rounds / 3;
    std::array<double, 3> total{};
    std::array<double, 3> most{};
    for (size_t i = 0; i < 3; ++i) {
      total[i] = LeastOf(totals_, rounds - (2 - i) * third, third, part);
      most[i] = LeastOf(most_, rounds - (2 - i) * third, third, part);
    }
    const double before = total[1] - total[0];
    const double after = total[2] - total[1];
    const double some = std::max(kSomeGrowth * total[2], std::numeric_limits<double>::min());
    return before > some && after > some && after >= kGrowth * before &&
           most[1] > kSteeper * most[0] && most[2] > kSteeper * most[1];
  }

  double ShareOf(Part part) const {
    const double share = done_[part] / (done_[kFinite] + done_[kNonFinite]);
    return share > 1 - kRounding ? 1 : share;
  }

  double Mean(double shifted) const {
    const double mean = measure_.shift + shifted * measure_.unit;
    const double size = done_[kSize] / done_[kFinite] * measure_.unit;
    return std::fabs(mean) < kRounding * size ? 0 : mean;
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
            .mean = Mean(shifted),
            .variance = Variance(shifted),
            .gradient_gain = GradientGain()};
  }

  const Normal normal_;
  const Axis axis_;
  const EvaluatePoints evaluate_;
  Measure measure_;
  std::vector<Interval> open_ = FirstIntervals(axis_);
  Parts done_{};
  std::vector<Parts> totals_;  // of all intervals, after each round
  std::vector<Parts> most_;    // of the points of each round
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
