#include "server/departure.h"

#include "absl/time/clock.h"
#include "src/base/errors.h"

namespace activation {
namespace {

// The server's deadline is later than the client's: gRPC sends how long a call may take, rounded up
// to some digits, and the server counts from when that arrives.
constexpr double kRounding = 0.01;
constexpr absl::Duration kJitter = absl::Milliseconds(10);

}  // namespace

void Departure::Note(absl::Time deadline, absl::Duration elapsed) {
  const absl::Duration left = deadline - absl::Now();
  late_.store(left < kJitter + kRounding * (elapsed + left), std::memory_order_relaxed);
  noted_.store(true, std::memory_order_release);
}

absl::Status Departure::Or(const absl::Status& status) const {
  if (!noted_.load(std::memory_order_acquire)) return status;
  return late_.load(std::memory_order_relaxed) ? DeadlinePassed() : CallCancelled();
}

}  // namespace activation
