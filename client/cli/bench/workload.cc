#include "client/cli/bench/workload.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace activation::cli {
namespace {

// Calls after which the turns begin again: shares are kept to a thousandth.
constexpr size_t kTurns = 1000;

}  // namespace

absl::StatusOr<Workload> Workload::Make(absl::Span<const CaseOptions> cases,
                                        const CallLimit& limit) {
  Workload workload;
  for (const CaseOptions& options : cases) {
    auto made = WorkloadCase::Make(options, limit);
    if (!made.ok()) return made.status();
    workload.cases_.push_back(*std::move(made));
  }
  workload.TakeTurns();
  return workload;
}

void Workload::TakeTurns() {
  double sum = 0;
  for (const WorkloadCase& one : cases_) sum += one.options().weight;
  double until = 0;
  for (size_t which = 0; which < cases_.size(); ++which) {
    const size_t first = choices_.size();
    for (size_t v = 0; v < cases_[which].variants(); ++v) choices_.push_back({which, v});
    until += cases_[which].options().weight / sum;
    // At least one turn, however small the share.
    const auto end = std::max(turns_.size() + 1, static_cast<size_t>(std::lround(until * kTurns)));
    for (size_t i = 0; turns_.size() < end; ++i) {
      turns_.push_back(first + i % cases_[which].variants());
    }
  }
  // Cases alternate instead of coming in blocks; the same order in every run.
  if (cases_.size() > 1) std::shuffle(turns_.begin(), turns_.end(), std::mt19937_64(1));
}

uint64_t Workload::StepFrom(uint64_t least) const {
  while (std::gcd(least, static_cast<uint64_t>(turns_.size())) != 1) ++least;
  return least;
}

}  // namespace activation::cli
