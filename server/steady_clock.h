// The time as leases and time-outs measure it, and the wait by it.
#ifndef ACTIVATION_SERVER_STEADY_CLOCK_H_
#define ACTIVATION_SERVER_STEADY_CLOCK_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace activation {

// Since some moment, never backwards. Thread-safe.
using SteadyClock = std::function<absl::Duration()>;

inline absl::Duration SteadyTime() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// Something that happens once. absl::Notification waits until a time of the wall clock: where that
// is set back by an hour, for an hour more. Thread-safe.
class SteadyNotification {
 public:
  // To be called once, or more often.
  void Notify() {
    const std::lock_guard<std::mutex> lock(mutex_);
    notified_ = true;
    changed_.notify_all();
  }

  // Whether it has happened, now or within so long.
  bool WaitFor(absl::Duration timeout) {
    // For ever is no time of a clock.
    const absl::Duration bounded = std::min(timeout, absl::Hours(24 * 365));
    const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(bounded);
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_until(lock, end, [this] { return notified_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool notified_ = false;  // guarded by mutex_
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_STEADY_CLOCK_H_
