// The clock of the retry loop, and waiting without a thread that waits.
#ifndef ACTIVATION_CLIENT_SRC_TIMER_H_
#define ACTIVATION_CLIENT_SRC_TIMER_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"

namespace activation::client {

// Thread-safe.
class Timer {
 public:
  virtual ~Timer() = default;

  virtual absl::Time Now() = 0;

  // Calls `then` once after `delay`, from a thread of the library, whether or
  // not the timer still exists.
  virtual void After(absl::Duration delay, std::function<void()> then) = 0;
};

// On gRPC's own timers.
std::shared_ptr<Timer> AlarmTimer();

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_TIMER_H_
