// When calls are sent, and which of them count. A pure function of the time
// since the start: no clock, no thread.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_PACER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_PACER_H_

#include <chrono>

namespace activation::cli {

enum class Phase { kWarmUp, kMeasured, kOver };

// Closed loop: as many callers as calls in flight, each sending its next call
// when it has the reply to the last.
class Pacer {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  Pacer(Nanoseconds warm_up, Nanoseconds duration) : warm_up_(warm_up), duration_(duration) {}

  // The phase to which a call sent at `elapsed` belongs.
  Phase PhaseAt(Nanoseconds elapsed) const {
    if (elapsed < warm_up_) return Phase::kWarmUp;
    return elapsed < warm_up_ + duration_ ? Phase::kMeasured : Phase::kOver;
  }

  // When the call of a caller that is free at `elapsed` ought to be sent;
  // latency counts from here. In a closed loop at once.
  Nanoseconds IntendedSend(Nanoseconds elapsed) const { return elapsed; }

  Nanoseconds warm_up() const { return warm_up_; }
  Nanoseconds duration() const { return duration_; }

 private:
  Nanoseconds warm_up_;
  Nanoseconds duration_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_PACER_H_
