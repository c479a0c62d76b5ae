#include "src/engine/short_jobs.h"

#include <algorithm>
#include <array>

#include "src/engine/cost_model.h"

namespace activation {
namespace {

// Of a kind never seen. Right for exact f32; too short for others, whose first jobs tell.
constexpr double kUnknownElement = 2e-9;
// What an evaluation costs beside its elements, in elements.
constexpr size_t kElementsOfEvaluation = 64;
// The weight of one job that was faster than its kind is believed to be. One that was slower
// counts at once if those before it were, too: a thread that is held costs others more than a job
// that is handed over.
constexpr double kWeight = 1.0 / 8;
// It may have been the machine that paused.
constexpr double kMostRatio = 64;
// How much faster a kind is believed to be with each job that is not taken, so that it is
// tried again after some hundreds.
constexpr double kDoubt = 1.0 / 256;

double OrGuess(const std::atomic<double>& seconds) {
  const double told = seconds.load(std::memory_order_relaxed);
  return told > 0 ? told : kUnknownElement;
}

double WeightOf(const Evaluation& evaluation) {
  return static_cast<double>(evaluation.count + kElementsOfEvaluation);
}

// Calls `see` once with each kind among them, but with the first 16 at most: to remember more would
// take memory.
template <class See>
void ForEachKind(absl::Span<const Evaluation> evaluations, const See& see) {
  std::array<size_t, 16> kinds;
  auto end = kinds.begin();
  for (const Evaluation& evaluation : evaluations) {
    const size_t kind = CostKindOf(evaluation);
    if (std::find(kinds.begin(), end, kind) != end) continue;
    *end++ = kind;
    see(kind);
    if (end == kinds.end()) return;
  }
}

}  // namespace

ShortJobs::ShortJobs() : rates_(CostKindCount()) {}

double ShortJobs::SecondsOf(absl::Span<const Evaluation> evaluations) const {
  double seconds = 0;
  for (const Evaluation& evaluation : evaluations) {
    seconds += OrGuess(rates_[CostKindOf(evaluation)].believed) * WeightOf(evaluation);
  }
  return seconds;
}

bool ShortJobs::Take(absl::Span<const Evaluation> evaluations) {
  if (absl::Seconds(SecondsOf(evaluations)) <= kMost) return true;
  ForEachKind(evaluations, [this](size_t kind) {
    std::atomic<double>& believed = rates_[kind].believed;
    believed.store(OrGuess(believed) * (1 - kDoubt), std::memory_order_relaxed);
  });
  return false;
}

// Two threads that learn at once may lose what one has learnt; the next job tells again.
void ShortJobs::Computed(absl::Span<const Evaluation> evaluations, absl::Duration time) {
  const double estimate = SecondsOf(evaluations);
  if (estimate <= 0) return;
  const double ratio = std::min(absl::ToDoubleSeconds(time) / estimate, kMostRatio);
  ForEachKind(evaluations, [&](size_t kind) { Learn(ratio, &rates_[kind]); });
}

void ShortJobs::Learn(double ratio, Rate* rate) {
  const bool is_first = rate->last.load(std::memory_order_relaxed) <= 0;
  const double before = OrGuess(rate->believed);
  const double seen = before * ratio;
  double believed = before;
  if (ratio > 1) {
    believed = std::max(before, std::min({seen, OrGuess(rate->last), OrGuess(rate->before_last)}));
  } else {
    believed += (is_first ? 1 : kWeight) * (seen - before);
  }
  rate->before_last.store(OrGuess(rate->last), std::memory_order_relaxed);
  rate->last.store(seen, std::memory_order_relaxed);
  rate->believed.store(believed, std::memory_order_relaxed);
}

}  // namespace activation
