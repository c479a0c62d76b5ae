// Measures elapsed time on the clock that never steps. Thread-compatible.
#ifndef ACTIVATION_SERVER_STOPWATCH_H_
#define ACTIVATION_SERVER_STOPWATCH_H_

#include <chrono>

#include "absl/time/time.h"

namespace activation {

class Stopwatch {
 public:
  using Clock = std::chrono::steady_clock;

  // Since construction.
  absl::Duration Total() const { return absl::FromChrono(Clock::now() - start_); }

  // Since the last lap, or construction; begins the next.
  absl::Duration Lap() {
    const Clock::time_point now = Clock::now();
    const absl::Duration elapsed = absl::FromChrono(now - lap_);
    lap_ = now;
    return elapsed;
  }

  // When the last lap ended.
  Clock::time_point lap() const { return lap_; }

 private:
  const Clock::time_point start_ = Clock::now();
  Clock::time_point lap_ = start_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_STOPWATCH_H_
