#include "src/engine/short_jobs.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "src/engine/cost_model.h"

namespace activation {
namespace {

// Of a kind never seen. Right for exact f32; too short for others, whose first job tells.
constexpr double kUnknownElement = 2e-9;
// What an evaluation costs beside its elements, in elements.
constexpr size_t kElementsOfEvaluation = 64;
// The weight of one job that was faster than its kind is believed to be. One that was slower
// counts at once: a thread that is held costs others more than a job that is handed over.
constexpr double kWeight = 1.0 / 8;
// It may have been the machine that paused.
constexpr double kMostRatio = 64;
// How much faster a kind is believed to be with each job that is not taken, so that it is
// tried again after some hundreds.
constexpr double kDoubt = 1.0 / 256;

double WeightOf(const Evaluation& evaluation) {
  return static_cast<double>(evaluation.count + kElementsOfEvaluation);
}

// Each once.
absl::InlinedVector<size_t, 4> KindsOf(absl::Span<const Evaluation> evaluations) {
  absl::InlinedVector<size_t, 4> kinds;
  for (const Evaluation& evaluation : evaluations) {
    const size_t kind = CostKindOf(evaluation);
    if (kinds.empty() || kinds.back() != kind) kinds.push_back(kind);
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

}  // namespace

ShortJobs::ShortJobs() : rates_(CostKindCount()) {}

double ShortJobs::SecondsOf(absl::Span<const Evaluation> evaluations) const {
  double seconds = 0;
  for (const Evaluation& evaluation : evaluations) {
    const double rate = rates_[CostKindOf(evaluation)].load(std::memory_order_relaxed);
    seconds += (rate > 0 ? rate : kUnknownElement) * WeightOf(evaluation);
  }
  return seconds;
}

bool ShortJobs::Take(absl::Span<const Evaluation> evaluations) {
  if (absl::Seconds(SecondsOf(evaluations)) <= kMost) return true;
  for (const size_t kind : KindsOf(evaluations)) {
    const double rate = rates_[kind].load(std::memory_order_relaxed);
    rates_[kind].store(rate * (1 - kDoubt), std::memory_order_relaxed);
  }
  return false;
}

// Two threads that learn at once may lose what one has learnt; the next job tells again.
void ShortJobs::Computed(absl::Span<const Evaluation> evaluations, absl::Duration time) {
  const double estimate = SecondsOf(evaluations);
  if (estimate <= 0) return;
  const double ratio = std::min(absl::ToDoubleSeconds(time) / estimate, kMostRatio);
  for (const size_t kind : KindsOf(evaluations)) {
    const double rate = rates_[kind].load(std::memory_order_relaxed);
    const double before = rate > 0 ? rate : kUnknownElement;
    const bool at_once = ratio > 1 || rate <= 0;
    rates_[kind].store(before * (at_once ? ratio : 1 + kWeight * (ratio - 1)),
                       std::memory_order_relaxed);
  }
}

}  // namespace activation
