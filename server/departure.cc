#include "server/departure.h"

#include <algorithm>

#include "src/base/errors.h"

namespace activation {
namespace {

// The server's deadline is later than the client's: gRPC sends how long a call may take, rounded up
// to some digits, and the server counts from when that arrives. Of a short call the second is a
// quarter at most, so that one who cancels in the midst of it has cancelled.
constexpr double kRounding = 0.01;
constexpr absl::Duration kJitter = absl::Milliseconds(10);

}  // namespace

void Departure::Note(absl::Duration left, absl::Duration elapsed) {
  const absl::Duration whole = elapsed + left;
  const absl::Duration slack = std::min(kJitter, whole / 4) + kRounding * whole;
  late_.store(left <= absl::ZeroDuration() || left < slack, std::memory_order_relaxed);
  noted_.store(true, std::memory_order_release);
}

absl::Status Departure::Or(const absl::Status& status) const {
  if (!noted_.load(std::memory_order_acquire)) return status;
  return late_.load(std::memory_order_relaxed) ? DeadlinePassed() : CallCancelled();
}

}  // namespace activation
