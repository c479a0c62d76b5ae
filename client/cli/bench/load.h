// The load of a run, as it is asked for.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_LOAD_H_
#define ACTIVATION_CLIENT_CLI_BENCH_LOAD_H_

#include <algorithm>
#include <optional>

#include "client/cli/bench/pacer.h"

namespace activation::cli {

// How much is sent, and for how long.
struct Load {
  int concurrency = 64;  // calls in flight; in an open loop, at most
  int threads = 1;       // no more than calls in flight
  Phases phases{};
  std::optional<RateProfile> rate{};  // none: a closed loop
  Arrivals arrivals = Arrivals::kConstant;
  // Ends the run before its time once calls/s and mean latency are known to within this
  // share at 95 % confidence.
  std::optional<double> until_confident{};

  int workers() const { return std::min(threads, concurrency); }
};

// Connections that a load opens of `asked` ones: a share for each worker, and at least one.
int ConnectionsOf(const Load& load, int asked, int worker);
int ConnectionsOf(const Load& load, int asked);  // of all workers

// The part of a total that is one of so many shares, as equal as they can be.
int ShareOf(int total, int parts, int part);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_LOAD_H_
