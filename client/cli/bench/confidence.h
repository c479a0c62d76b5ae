// Decides on the way, from stretches of a run, whether calls/s and mean latency are known well
// enough. Pure: whoever uses it does the counting. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_CONFIDENCE_H_
#define ACTIVATION_CLIENT_CLI_BENCH_CONFIDENCE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/cli/bench/statistics.h"

namespace activation::cli {

class Confidence {
 public:
  // Stretches that must have been seen before confidence is spoken of.
  static constexpr size_t kFewestSamples = 10;

  // Both are to be known to within this share at 95 % confidence.
  explicit Confidence(double share) : share_(share) {}

  // What was counted in the next stretch. One in which nothing was answered says nothing about
  // latency, and of calls/s as much as any other.
  bool Enough(uint64_t answered, uint64_t latency_ns, double seconds) {
    if (seconds <= 0) return false;
    rates_.push_back(static_cast<double>(answered) / seconds);
    if (answered > 0) {
      latencies_.push_back(static_cast<double>(latency_ns) / static_cast<double>(answered));
    }
    return std::min(rates_.size(), latencies_.size()) >= kFewestSamples &&
           MeanOf(rates_).Within(share_) && MeanOf(latencies_).Within(share_);
  }

 private:
  const double share_;
  std::vector<double> rates_;
  std::vector<double> latencies_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_CONFIDENCE_H_
