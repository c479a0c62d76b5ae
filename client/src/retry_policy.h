// When a call is tried again, and after how long: decisions only, no waiting.
#ifndef ACTIVATION_CLIENT_SRC_RETRY_POLICY_H_
#define ACTIVATION_CLIENT_SRC_RETRY_POLICY_H_

#include <functional>
#include <mutex>
#include <optional>

#include "absl/time/time.h"
#include "activation/options.h"
#include "client/src/connection.h"

namespace activation::client {

// A source of numbers in [0, 1), called from any thread at once.
using Uniform = std::function<double()>;

// A generator for each thread, seeded from the system.
Uniform UniformRandom();

// A token bucket: each first try puts in `share` of a token, each retry or hedge takes
// one. It holds what kWindow first tries put in, and starts with kInitialTokens
// (or full, if that is less), so that the first calls of a process may be retried.
// Thread-safe.
class RetryBudget {
 public:
  static constexpr double kWindow = 500;
  static constexpr double kInitialTokens = 10;

  explicit RetryBudget(double share);

  void OnFirstTry();
  // Whether one more retry is allowed; if so, it is counted.
  bool TakeRetry();

 private:
  const double share_;
  const double capacity_;
  std::mutex mutex_;
  double tokens_;
};

// Whether another try may end otherwise, as far as `outcome` tells.
bool MayBeRetried(const Outcome& outcome);

// How one call stands after a try that has failed.
struct FailedTry {
  int tries = 1;  // so far, this one included
  absl::Time now;
  absl::Time deadline;
};

// Retried are UNAVAILABLE; RESOURCE_EXHAUSTED where the server names a delay
// (a message over the size limit has the same code, and no retry makes it
// smaller); and what becomes of a call that a server or a proxy cuts: CANCELLED, UNKNOWN,
// and INTERNAL of a stream that was reset. The wait before retry n is uniform in [0, b), b =
// min(initial_backoff * 2^(n-1), max_backoff) ("full jitter": M. Brooker, "Exponential Backoff And
// Jitter", AWS Architecture Blog, 2015), on top of the server's delay if it
// named one. Shared by all calls of a client. Thread-safe.
class RetryPolicy {
 public:
  RetryPolicy(const RetryOptions& options, Uniform uniform);

  // To be told of each call once.
  void OnFirstTry() { budget_.OnFirstTry(); }

  // Whether a call that has not failed may be sent once more; if so, it is counted.
  bool TakeHedge() { return budget_.TakeRetry(); }

  // The wait before the next try, or nothing if `outcome` is final: the code is
  // not for retrying, the server forbids it, tries or budget are used up, or the
  // deadline would pass before.
  std::optional<absl::Duration> NextDelay(const FailedTry& failed, const Outcome& outcome);

 private:
  absl::Duration Backoff(int tries) const;

  const RetryOptions options_;
  const Uniform uniform_;
  RetryBudget budget_;
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_RETRY_POLICY_H_
