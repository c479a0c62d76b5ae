// When calls are sent, and which of them count. Pure functions of the time since the
// start: no clock, no thread.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_PACER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_PACER_H_

#include <chrono>
#include <cstdint>
#include <random>

namespace activation::cli {

using std::chrono::nanoseconds;

enum class Phase { kWarmUp, kMeasured, kOver };

// The warm-up and, after it, the time that is measured.
struct Phases {
  nanoseconds warm_up{std::chrono::seconds(2)};
  nanoseconds duration{std::chrono::seconds(10)};

  // The phase to which a call due at `elapsed` belongs.
  Phase At(nanoseconds elapsed) const {
    if (elapsed < warm_up) return Phase::kWarmUp;
    return elapsed < warm_up + duration ? Phase::kMeasured : Phase::kOver;
  }
  nanoseconds end() const { return warm_up + duration; }
};

// Calls a second over the time of a run: `first` while it warms up, then on a straight
// line to `last` at its end.
struct RateProfile {
  double first = 0;
  double last = 0;

  // When as many calls as `position` were due; past `phases.end()` at the rate `last`.
  nanoseconds TimeOf(double position, const Phases& phases) const;
};

enum class Arrivals {
  kConstant,  // evenly apart
  kPoisson,   // as from many clients who know nothing of each other
};

// An open loop: calls are due at times that do not depend on the replies. Several pacers
// share one rate; each sends its share of the calls.
class Pacer {
 public:
  struct Options {
    RateProfile rate{};
    Phases phases{};
    Arrivals arrivals = Arrivals::kConstant;
    int share = 0;   // of `shares`, from 0
    int shares = 1;  // how many pacers there are
  };

  explicit Pacer(const Options& options);

  // When the next call is due. Never earlier than the one before.
  nanoseconds Next();

 private:
  const Options options_;
  std::mt19937_64 random_;
  double position_ = 0;  // calls of all shares that are due before the next of this one
  uint64_t sent_ = 0;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_PACER_H_
