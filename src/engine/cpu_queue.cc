#include "src/engine/cpu_queue.h"

#include <algorithm>
#include <utility>

#include "src/backends/cpu/cpu_backend.h"
#include "src/base/errors.h"
#include "src/engine/cost_model.h"

namespace activation {
namespace {

// The weight of one job in what an element is believed to take, once its kind is known; less in
// proportion where it has fewer elements than this.
constexpr double kWeight = 1.0 / 8;
constexpr double kTellingElements = kInlineElements;
// Once a kind is known, no job counts as more than so many times as slow as its estimate, or as
// fast: it may have been the machine, or its clock.
constexpr double kMostRatio = 8;
// Before, jobs may be much slower than the guess, but a pause of the machine may make them seem
// thousands of times as slow.
constexpr double kMostFirstRatio = 64;
// A refused job may try again once so much of what is too long is done, within bounds
// that a client can live with.
constexpr absl::Duration kLeastDelay = absl::Milliseconds(10);
constexpr absl::Duration kMostDelay = absl::Seconds(5);

absl::Duration RetryAfter(absl::Duration excess) {
  return std::clamp(excess, kLeastDelay, kMostDelay);
}

}  // namespace

CpuQueue::CpuQueue(absl::Duration limit, Clock clock)
    : limit_(limit), clock_(std::move(clock)), beliefs_(CostKindCount()) {}

void CpuQueue::ShareTime(absl::Time now) {
  if (queued_jobs_ > 0 && now > shared_until_) {
    share_seconds_ +=
        absl::ToDoubleSeconds(now - shared_until_) / static_cast<double>(queued_jobs_);
  }
  shared_until_ = now;
}

double CpuQueue::SecondsUntilDone(double seconds) const {
  return seconds + std::min(queued_seconds_, static_cast<double>(queued_jobs_) * seconds);
}

CpuQueue::Place CpuQueue::Estimate(absl::Span<const Evaluation> evaluations) const {
  Place place;
  for (const Evaluation& evaluation : evaluations) {
    const size_t kind = CostKindOf(evaluation);
    const Belief& belief = beliefs_[kind];
    place.seconds += belief.seconds * static_cast<double>(evaluation.count);
    if (place.parts.empty() || place.parts.back().kind != kind) {
      const double most = belief.told < 1 ? kMostFirstRatio : kMostRatio;
      place.parts.push_back({kind, 0, belief.seconds, most});
    }
    place.parts.back().elements += evaluation.count;
  }
  return place;
}

void CpuQueue::Admit(absl::Time now, Place* place) {
  ShareTime(now);
  place->share = share_seconds_;
  queued_seconds_ += place->seconds;
  ++queued_jobs_;
}

absl::StatusOr<CpuQueue::Place> CpuQueue::Enter(absl::Span<const Evaluation> evaluations,
                                                absl::Time deadline) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const absl::Time now = clock_();
  const absl::Duration left = deadline - now;
  if (left < absl::ZeroDuration()) return DeadlinePassed();
  Place place = Estimate(evaluations);
  if (queued_jobs_ > 0) {
    const absl::Duration after = absl::Seconds(queued_seconds_ + place.seconds);
    if (after > limit_) {
      return TooMuchWorkQueued(absl::Seconds(queued_seconds_), limit_, RetryAfter(after - limit_));
    }
    const absl::Duration needed = absl::Seconds(SecondsUntilDone(place.seconds));
    if (needed > left) return DeadlineOutOfReach(needed, left, RetryAfter(needed - left));
  }
  Admit(now, &place);
  return place;
}

CpuQueue::Place CpuQueue::EnterAnyhow(absl::Span<const Evaluation> evaluations) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Place place = Estimate(evaluations);
  Admit(clock_(), &place);
  return place;
}

void CpuQueue::Leave(const Place& place, bool computed) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ShareTime(clock_());
  --queued_jobs_;
  // Sums of doubles leave crumbs.
  queued_seconds_ = queued_jobs_ == 0 ? 0 : std::max(0.0, queued_seconds_ - place.seconds);
  if (!computed || place.seconds <= 0) return;
  const double ratio = (share_seconds_ - place.share) / place.seconds;
  for (const Place::Part& part : place.parts) {
    Belief& belief = beliefs_[part.kind];
    const double telling = std::min(1.0, static_cast<double>(part.elements) / kTellingElements);
    // Beside what was believed when the job entered: many that entered together tell one thing.
    const double seen = part.seconds * std::clamp(ratio, 1 / part.ratio, part.ratio);
    belief.seconds += telling * std::max(kWeight, 1 - belief.told) * (seen - belief.seconds);
    belief.told = std::min(1.0, belief.told + telling);
  }
}

absl::Duration CpuQueue::length() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return absl::Seconds(queued_seconds_);
}

}  // namespace activation
