// Means with confidence, from samples that stand for stretches of time. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_STATISTICS_H_
#define ACTIVATION_CLIENT_CLI_BENCH_STATISTICS_H_

#include <cstddef>
#include <vector>

namespace activation::cli {

// The 97.5 % quantile of Student's t distribution.
double StudentT(double degrees_of_freedom);

// The mean, and how far the true one may lie from it at 95 % confidence.
struct MeanInterval {
  double mean = 0;
  double half_width = 0;
  size_t samples = 0;

  bool Within(double share) const { return samples > 1 && half_width <= share * mean; }
};

MeanInterval MeanOf(const std::vector<double>& samples);

// How many times as large as that of `a` the geometric mean of `b` is, and between what at
// 95 % confidence: Welch's interval on logarithms. Both need two samples above 0.
struct RatioInterval {
  double ratio = 1;
  double low = 0;
  double high = 0;
};

RatioInterval RatioOf(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_STATISTICS_H_
