#include "client/cli/bench/pacer.h"

#include <algorithm>
#include <cmath>

namespace activation::cli {
namespace {

// Past any run, and far from where nanoseconds overflow.
constexpr double kMostSeconds = 1e9;

nanoseconds FromSeconds(double seconds) {
  return nanoseconds(std::llround(std::min(seconds, kMostSeconds) * 1e9));
}

double ToSeconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// The calls due by a time t into the measured part are n(t) = first t + slope t^2 / 2;
// solved for t in the form that subtracts no near-equal numbers.
nanoseconds RateProfile::TimeOf(double position, const Phases& phases) const {
  const double warm_up = ToSeconds(phases.warm_up), duration = ToSeconds(phases.duration);
  const double in_warm_up = first * warm_up;
  if (position < in_warm_up) return FromSeconds(position / first);
  const double n = position - in_warm_up;
  const double in_all = (first + last) / 2 * duration;
  if (n >= in_all) return FromSeconds(warm_up + duration + (n - in_all) / last);
  const double slope = (last - first) / duration;
  const double root = std::sqrt(std::max(0.0, first * first + 2 * slope * n));
  return FromSeconds(warm_up + 2 * n / (first + root));
}

Pacer::Pacer(const Options& options)
    : options_(options), random_(static_cast<uint64_t>(options.share) + 1) {}

nanoseconds Pacer::Next() {
  // Poisson arrivals at any rate are those at rate 1 with time stretched, and the sum of
  // independent ones is Poisson again.
  if (options_.arrivals == Arrivals::kPoisson) {
    position_ += options_.shares * std::exponential_distribution<double>(1)(random_);
  } else {
    position_ = static_cast<double>(sent_) * options_.shares + options_.share;
  }
  ++sent_;
  return options_.rate.TimeOf(position_, options_.phases);
}

}  // namespace activation::cli
