#include "client/cli/bench/experiment.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/bench/rate_search.h"

namespace activation::cli {
namespace {

// Rates that a search tries at most, after the closed loop that says where to begin.
constexpr int kTries = 9;
// A rate is reached when this share of the calls that were due is answered: a server that
// refuses them is as far from it as one that is too slow to take them.
constexpr double kReached = 0.99;
constexpr double kSomeMore = 1.1;
// Of the time of a run, what a bare echo gets on top.
constexpr int kBaselinePart = 3;

class Conductor {
 public:
  Conductor(const Experiment& experiment, const std::function<RunResult(const Load&)>& run)
      : experiment_(experiment), run_(run) {}

  Outcome Conduct() && {
    switch (experiment_.pattern) {
      case Pattern::kSingle:
        Try(experiment_.load);
        break;
      case Pattern::kSweep:
        Sweep();
        break;
      case Pattern::kSteps:
        Step();
        break;
      case Pattern::kSearch:
        Search();
        break;
    }
    return std::move(outcome_);
  }

 private:
  Load PartOf(size_t parts) const {
    Load load = experiment_.load;
    load.phases.warm_up /= parts;
    load.phases.duration /= parts;
    return load;
  }

  // Whether to go on.
  bool Try(const Load& load) {
    Point point{.load = load, .result = run_(load), .judgement = {}};
    point.judgement = Judge(point.result, load);
    outcome_.points.push_back(std::move(point));
    return !outcome_.points.back().result.stopped;
  }

  // The last point is none to report; its wrong replies are.
  void Discard() {
    outcome_.discarded_wrong += outcome_.points.back().result.wrong;
    outcome_.points.pop_back();
  }

  void Sweep() {
    Load load = PartOf(experiment_.concurrencies.size());
    std::vector<Throughput> throughputs;
    for (const int concurrency : experiment_.concurrencies) {
      load.concurrency = concurrency;
      if (!Try(load)) break;
      const Point& point = outcome_.points.back();
      const double rate = point.result.calls_per_second();
      // What measured the client says nothing of how the server scales.
      if (point.judgement.valid()) throughputs.push_back({static_cast<double>(concurrency), rate});
      if (rate > outcome_.main().result.calls_per_second()) {
        outcome_.headline = outcome_.points.size() - 1;
      }
    }
    outcome_.fit = FitScalability(throughputs);
    NoteLeftOut();
  }

  void NoteLeftOut() {
    std::vector<int> invalid;
    for (const Point& point : outcome_.points) {
      if (!point.judgement.valid()) invalid.push_back(point.load.concurrency);
    }
    if (invalid.empty()) return;
    outcome_.notes.push_back(
        absl::StrCat("the points at ", absl::StrJoin(invalid, ", "),
                     " in flight measured the client and are left out of the fit",
                     outcome_.fit ? "" : "; those that are left are too few for one"));
  }

  void Step() {
    Load load = PartOf(experiment_.rates.size());
    for (const double rate : experiment_.rates) {
      load.rate = RateProfile{rate, rate};
      const bool go_on = Try(load);
      outcome_.headline = outcome_.points.size() - 1;
      if (!go_on) break;
    }
  }

  void Search() {
    Load load = PartOf(kTries + 1);
    double first = experiment_.load.rate ? experiment_.load.rate->last : 0;
    if (first == 0) {
      load.rate.reset();
      // What was stopped here is all that there is to report.
      if (!Try(load)) return;
      first = std::max(1.0, outcome_.main().result.calls_per_second() / 2);
      Discard();
    }
    RateSearch search(first, kTries);
    std::optional<Undecided> undecided;
    while (const auto rate = search.Next()) {
      load.rate = RateProfile{*rate, *rate};
      if (!Try(load)) break;
      Point& point = outcome_.points.back();
      // Of a rate so low that no call was due nothing can be said.
      if (point.result.due() == 0 && outcome_.points.size() > 1) {
        Discard();
        break;
      }
      point.met_slo = MeetsSlo(point);
      if (!point.met_slo) {
        undecided = UndecidedAt(point);
        break;
      }
      search.Tell(*point.met_slo);
    }
    outcome_.highest_rate = search.highest();
    if (!outcome_.highest_rate) outcome_.undecided = std::move(undecided);
    ChooseFound();
    NoteBound();
  }

  // Every rate that was missed lies above the one that was found: the lowest of them bounds it.
  void NoteBound() {
    const Point* bound = nullptr;
    for (const Point& point : outcome_.points) {
      if (point.met_slo.value_or(true)) continue;
      if (bound == nullptr || point.load.rate->last < bound->load.rate->last) bound = &point;
    }
    if (bound == nullptr || bound->judgement.valid()) return;
    outcome_.notes.push_back(absl::StrFormat(
        "the lowest rate that missed the SLO, %.4g calls/s, measured the client: the "
        "server may hold more than was found",
        bound->load.rate->last));
  }

  // Nothing where no condition is missed for certain and some has too few calls.
  std::optional<bool> MeetsSlo(const Point& point) const {
    const RunResult& result = point.result;
    const auto answered = static_cast<double>(result.answered());
    if (answered < kReached * static_cast<double>(result.due())) return false;
    bool decided = true;
    for (const Threshold& threshold : experiment_.slo) {
      const bool enough = Calls(result) >= threshold.CallsNeeded();
      if (enough && !threshold.Met(result).value_or(false)) return false;
      decided = decided && enough;
    }
    return decided ? std::optional<bool>(true) : std::nullopt;
  }

  // Of which percentiles are: calls that were never sent are slower than all others.
  static uint64_t Calls(const RunResult& result) { return result.answered() + result.unsent; }

  // Of the condition that needs most calls.
  Undecided UndecidedAt(const Point& point) const {
    const auto& hardest = *std::max_element(
        experiment_.slo.begin(), experiment_.slo.end(),
        [](const Threshold& a, const Threshold& b) { return a.CallsNeeded() < b.CallsNeeded(); });
    const uint64_t needed = hardest.CallsNeeded();
    const double had = std::max<double>(1, static_cast<double>(Calls(point.result)));
    // As much longer as calls are wanting, and some more for chance.
    const double longer = kSomeMore * static_cast<double>(needed) / had;
    const std::chrono::duration<double> all = experiment_.load.phases.duration * longer;
    return {.condition = hardest.text,
            .calls_needed = needed,
            .rate = point.load.rate->last,
            .duration_needed = std::chrono::ceil<std::chrono::seconds>(all)};
  }

  void ChooseFound() {
    const auto better = [](const Point& a, const Point& b) {
      const bool met_a = a.met_slo.value_or(false), met_b = b.met_slo.value_or(false);
      if (met_a != met_b) return met_a;
      return met_a ? a.load.rate->last > b.load.rate->last : a.load.rate->last < b.load.rate->last;
    };
    const auto& points = outcome_.points;
    outcome_.headline = static_cast<size_t>(std::min_element(points.begin(), points.end(), better) -
                                            points.begin());
  }

  const Experiment& experiment_;
  const std::function<RunResult(const Load&)>& run_;
  Outcome outcome_;
};

}  // namespace

int Experiment::most_concurrency() const {
  int most = load.concurrency;
  if (pattern == Pattern::kSweep)
    most = *std::max_element(concurrencies.begin(), concurrencies.end());
  return most;
}

Outcome Conduct(const Experiment& experiment, const std::function<RunResult(const Load&)>& run) {
  return Conductor(experiment, run).Conduct();
}

Load BaselineLoad(const Experiment& experiment, const Outcome& outcome) {
  Load load = outcome.main().load;
  load.phases.warm_up = experiment.load.phases.warm_up / kBaselinePart;
  load.phases.duration = experiment.load.phases.duration / kBaselinePart;
  return load;
}

}  // namespace activation::cli
