#include "src/diagnosis/normal.h"

#include <cmath>
#include <numbers>

namespace activation::diagnosis {
namespace {

double Probability(double t) { return 0.5 * std::erfc(-t / std::numbers::sqrt2); }

// The t below which lies the probability p <= 1/2, from one that is not above it. The
// logarithm of the probability bends down, so that Newton's steps come from the left and
// never go too far.
double Quantile(double p, double from) {
  double t = from;
  for (int i = 0; i < 100; ++i) {
    const double below = Probability(t);
    const double step = std::log(p / below) * below / Density(t);
    if (step <= 4e-16 * std::fabs(t)) break;
    t += step;
  }
  return t;
}

}  // namespace

double Density(double t) { return std::exp(-t * t / 2) / std::sqrt(2 * std::numbers::pi); }

std::vector<double> StratifiedSample(const Normal& normal, size_t count) {
  std::vector<double> sample(count, normal.mean);
  const auto n = static_cast<double>(count);
  // The chance of less than -z is below exp(-z^2 / 2) / 2.
  double t = -std::sqrt(2 * std::log(2 * n));
  for (size_t i = 0; i < count / 2; ++i) {
    t = Quantile((static_cast<double>(i) + 0.5) / n, t);
    sample[i] = normal.mean + normal.deviation * t;
    sample[count - 1 - i] = normal.mean - normal.deviation * t;
  }
  return sample;
}

}  // namespace activation::diagnosis
