// The time as leases and time-outs measure it.
#ifndef ACTIVATION_SERVER_STEADY_CLOCK_H_
#define ACTIVATION_SERVER_STEADY_CLOCK_H_

#include <chrono>
#include <functional>

#include "absl/time/time.h"

namespace activation {

// Since some moment, never backwards. Thread-safe.
using SteadyClock = std::function<absl::Duration()>;

inline absl::Duration SteadyTime() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_STEADY_CLOCK_H_
