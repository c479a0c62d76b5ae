// What is run: one load, or several that differ in one thing and share the time.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_EXPERIMENT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_EXPERIMENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/bench/judgement.h"
#include "client/cli/bench/run_result.h"
#include "client/cli/bench/runner.h"
#include "client/cli/bench/scalability.h"
#include "client/cli/bench/threshold.h"

namespace activation::cli {

enum class Pattern {
  kSingle,
  kSweep,   // concurrencies, one after the other
  kSteps,   // rates, one after the other
  kSearch,  // rates, until the highest that meets the SLO is known
};

struct Experiment {
  Pattern pattern = Pattern::kSingle;
  Load load{};  // its phases are those of all points together
  std::vector<int> concurrencies{};
  std::vector<double> rates{};
  std::vector<Threshold> slo{};

  int most_concurrency() const;
};

struct Point {
  Load load;
  RunResult result;
  Judgement judgement;
  std::optional<bool> met_slo{};  // of a search; nothing where its calls were too few to say
};

// Why a search ended without a verdict: a condition needs more calls than a point had.
struct Undecided {
  std::string condition;
  uint64_t calls_needed = 0;
  double rate = 0;                         // of that point
  std::chrono::seconds duration_needed{};  // of the whole search, with which it would have them
};

struct Outcome {
  std::vector<Point> points;
  // The point that the report is about: of a sweep that with the highest throughput, of
  // steps the last, of a search the highest rate that met the SLO, or the lowest tried.
  size_t headline = 0;
  std::optional<ScalabilityFit> fit{};   // of the valid points of a sweep
  std::optional<double> highest_rate{};  // of a search: that met the SLO
  std::optional<Undecided> undecided{};  // of a search that found none
  // Of a search: wrong replies to what it ran and does not report, as the closed loop that
  // says where to begin.
  uint64_t discarded_wrong = 0;
  // Where points that measured the client had a part in what was found, or were left out of it.
  std::vector<std::string> notes{};

  const Point& main() const { return points[headline]; }
  // Before its time, by the user.
  bool stopped() const { return points.back().result.stopped; }
};

// Points after one that was stopped are left out. `run` does one load.
Outcome Conduct(const Experiment& experiment, const std::function<RunResult(const Load&)>& run);

// The load of a bare echo beside it: the headline's, so that the two differ in the server alone,
// for a third of the time of all points together.
Load BaselineLoad(const Experiment& experiment, const Outcome& outcome);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_EXPERIMENT_H_
