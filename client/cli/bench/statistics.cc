#include "client/cli/bench/statistics.h"

#include <cmath>
#include <limits>

namespace activation::cli {
namespace {

// The 97.5 % quantile of the normal distribution.
constexpr double kNormal = 1.959963984540054;

struct Moments {
  double mean = 0;
  double variance_of_mean = 0;
  double degrees = 0;
};

Moments MomentsOf(const std::vector<double>& samples) {
  const auto n = static_cast<double>(samples.size());
  double mean = 0;
  for (const double sample : samples) mean += sample / n;
  double squares = 0;
  for (const double sample : samples) squares += (sample - mean) * (sample - mean);
  return {mean, squares / (n - 1) / n, n - 1};
}

}  // namespace

// Abramowitz and Stegun 26.7.5, the expansion about the normal quantile; exact below 3
// degrees, where it converges badly.
double StudentT(double degrees) {
  if (degrees < 1) return std::numeric_limits<double>::infinity();
  if (degrees < 2) return 12.706204736432095;
  if (degrees < 3) return 4.302652729911275;
  const double z = kNormal, z2 = z * z, n = degrees;
  const double g1 = z * (z2 + 1) / 4;
  const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n;
}

MeanInterval MeanOf(const std::vector<double>& samples) {
  if (samples.empty()) return {};
  if (samples.size() == 1) return {samples[0], std::numeric_limits<double>::infinity(), 1};
  const Moments moments = MomentsOf(samples);
  return {moments.mean, StudentT(moments.degrees) * std::sqrt(moments.variance_of_mean),
          samples.size()};
}

RatioInterval RatioOf(const std::vector<double>& a, const std::vector<double>& b) {
  const auto logarithms = [](const std::vector<double>& samples) {
    std::vector<double> logs;
    for (const double sample : samples) logs.push_back(std::log(sample));
    return MomentsOf(logs);
  };
  const Moments from = logarithms(a), to = logarithms(b);
  const double difference = to.mean - from.mean;
  const double variance = from.variance_of_mean + to.variance_of_mean;
  if (variance == 0) return {std::exp(difference), std::exp(difference), std::exp(difference)};
  const double degrees = variance * variance /
                         (from.variance_of_mean * from.variance_of_mean / from.degrees +
                          to.variance_of_mean * to.variance_of_mean / to.degrees);
  const double half = StudentT(degrees) * std::sqrt(variance);
  return {std::exp(difference), std::exp(difference - half), std::exp(difference + half)};
}

}  // namespace activation::cli
