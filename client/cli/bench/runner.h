// Sends a workload's calls as a pacer says, a fixed number of them in flight,
// checks every reply, and counts. Calls are asynchronous: many callers need no
// threads of their own.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_RUNNER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_RUNNER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "activation/client.h"
#include "client/cli/bench/histogram.h"
#include "client/cli/bench/pacer.h"
#include "client/cli/bench/workload.h"

namespace activation::cli {

// What became of the calls sent while measuring.
struct RunResult {
  Histogram latency;  // nanoseconds from intended send to reply, of calls that were answered
  std::map<absl::StatusCode, uint64_t> codes;
  uint64_t wrong = 0;  // answered with other bits than expected, at any time of the run
  std::chrono::nanoseconds elapsed{0};  // from the end of the warm-up to the last reply
  absl::Status first_error;             // for people: one of the errors in `codes`
  bool stopped = false;                 // before its time
};

// As seen while the run goes on.
struct Progress {
  std::chrono::nanoseconds elapsed{0};
  uint64_t answered = 0;  // warm-up included
  uint64_t failed = 0;
  uint64_t wrong = 0;
};

struct RunnerOptions {
  int concurrency = 1;  // calls in flight
  Pacer pacer{std::chrono::seconds(2), std::chrono::seconds(10)};
  // Set to end the run early: no new call is sent, those in flight are waited for.
  const std::atomic<bool>* stop = nullptr;
  // Called twice a second from Run's thread; may be empty.
  std::function<void(const Progress&)> on_progress;
};

// Sends call `number` of a workload, as Workload::Send does.
using Sender =
    std::function<void(uint64_t number, char* reply, std::function<void(absl::Status)> done)>;

// Blocks until the run is over and no call is in flight.
RunResult Run(const Sender& send, const Workload& workload, const RunnerOptions& options);
RunResult Run(const client::Client& client, const Workload& workload, const RunnerOptions& options);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_RUNNER_H_
