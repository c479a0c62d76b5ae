// One run of a load: workers on threads of their own, watched until all calls are back.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_RUNNER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_RUNNER_H_

#include <atomic>
#include <functional>

#include "activation/options.h"
#include "client/cli/bench/load.h"
#include "client/cli/bench/prepared_calls.h"
#include "client/cli/bench/run_result.h"

namespace activation::cli {

// As seen while a run goes on, warm-up included.
struct Progress {
  nanoseconds elapsed{0};
  Phases phases{};
  uint64_t answered = 0;
  uint64_t failed = 0;
  uint64_t wrong = 0;
  double calls_per_second = 0;  // since the last time
};

struct RunHooks {
  // Set to end the run early: no new call is sent, those in flight are waited for.
  const std::atomic<bool>* stop = nullptr;
  // Called ten times a second from the thread that runs; may be empty.
  std::function<void(const Progress&)> on_progress{};
};

// One call before any run: a wrong address or parameter is better said once.
absl::Status TryOnce(const client::ClientOptions& client, const PreparedCalls& calls);

// Blocks until the run is over and no call is in flight. Of the connections of `client` each
// worker has its share.
RunResult RunLoad(const client::ClientOptions& client, const PreparedCalls& calls, const Load& load,
                  const RunHooks& hooks);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_RUNNER_H_
