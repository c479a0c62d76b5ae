// How often a line that others can cause goes into the log: at once where there was none for
// ten seconds, else as a count when they are over, or at the end. Thread-safe.
#ifndef ACTIVATION_SERVER_THROTTLE_H_
#define ACTIVATION_SERVER_THROTTLE_H_

#include <cstdint>
#include <mutex>
#include <utility>

#include "absl/time/time.h"

namespace activation {

class Throttle {
 public:
  static constexpr absl::Duration kQuiet = absl::Seconds(10);

  // Whether the event of `now`, a SteadyTime(), is to be logged; counted otherwise.
  bool Admit(absl::Duration now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (counted_ == 0 && now >= logged_ + kQuiet) {
      logged_ = now;
      return true;
    }
    ++counted_;
    return false;
  }

  // How many were counted, where it is time to log them; 0 otherwise.
  int64_t Take(absl::Duration now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (counted_ == 0 || now < logged_ + kQuiet) return 0;
    logged_ = now;
    return std::exchange(counted_, 0);
  }

  // How many were counted and not taken, whatever time it is: what comes next is a first one.
  int64_t TakeLast() {
    const std::lock_guard<std::mutex> lock(mutex_);
    logged_ = -absl::InfiniteDuration();
    return std::exchange(counted_, 0);
  }

 private:
  std::mutex mutex_;
  // Both guarded by mutex_.
  absl::Duration logged_ = -absl::InfiniteDuration();
  int64_t counted_ = 0;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_THROTTLE_H_
