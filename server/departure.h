// Whether a call's client has left before the call's end, and why. gRPC tells a server alike of
// one whose deadline has passed and of one that has cancelled: it learns of either by the client's
// reset, which mostly comes before the server's own timer. A call that the server itself cancels,
// as its reply is not taken, is told likewise. Thread-safe.
// In the way of a request: OnCancel -> Departure -> OnDone -> Metrics::CallHandled.
#ifndef ACTIVATION_SERVER_DEPARTURE_H_
#define ACTIVATION_SERVER_DEPARTURE_H_

#include <atomic>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace activation {

class Departure {
 public:
  // The client of a call that began `elapsed` ago, and whose deadline is in so long, leaves now; to
  // be told in OnCancel(). One that leaves about when its deadline passes leaves for that.
  void Note(absl::Duration left, absl::Duration elapsed);

  // Set once it has left.
  const std::atomic<bool>& noted() const { return noted_; }

  // How a call ends that would have ended with `status`, which is not what its client sees where it
  // has left. For good once gRPC is done with the call.
  absl::Status Or(const absl::Status& status) const;

 private:
  std::atomic<bool> late_{false};
  std::atomic<bool> noted_{false};
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_DEPARTURE_H_
