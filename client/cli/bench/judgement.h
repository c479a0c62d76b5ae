// Whether a run says something about the server, and what whoever reads it should know.
// Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_JUDGEMENT_H_
#define ACTIVATION_CLIENT_CLI_BENCH_JUDGEMENT_H_

#include <string>
#include <vector>

#include "client/cli/bench/run_result.h"
#include "client/cli/bench/runner.h"

namespace activation::cli {

struct Judgement {
  // Why the run is invalid: it measured the client. Empty where it is valid.
  std::vector<std::string> faults;
  std::vector<std::string> notes;

  bool valid() const { return faults.empty(); }
};

// A thread that has work for more than this share of the time is the bottleneck.
inline constexpr double kMostBusy = 0.95;
// The client may take so much of the mean time from when a call could be sent to its reply by
// sending late. The wait for a place is none of it: that is as long as the calls before.
inline constexpr double kMostLateness = 0.1;
// A last reply that comes so much of the measured time after its end is worth a note.
inline constexpr double kLongTail = 0.05;
// A corrected p99 so many times the uncorrected one is worth a note.
inline constexpr double kStall = 2;

Judgement Judge(const RunResult& result, const Load& load);

// Why the run of a bare echo is no baseline: what makes any run invalid, calls of it that failed,
// and that none was answered.
std::vector<std::string> FaultsOfEcho(const RunResult& echo, const Load& load);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_JUDGEMENT_H_
