#include "src/diagnosis/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace activation::diagnosis {

Figures FiguresOf(const TensorStatistics& statistics) {
  const auto all = static_cast<double>(std::max<uint64_t>(1, statistics.elements));
  return {.non_finite = static_cast<double>(statistics.non_finite) / all,
          .zeros = static_cast<double>(statistics.zeros) / all,
          .dead = static_cast<double>(statistics.dead) / all,
          .saturated = static_cast<double>(statistics.saturated) / all,
          .mean = statistics.mean,
          .variance = statistics.variance,
          .gradient_gain = statistics.gradient_gain};
}

double GradientLeft(const Figures& figures, int layers) {
  return std::pow(figures.gradient_gain, layers);
}

double ForwardGain(const Figures& figures) {
  return 1 / std::sqrt(figures.variance + figures.mean * figures.mean);
}

double BackwardGain(const Figures& figures) { return 1 / std::sqrt(figures.gradient_gain); }

}  // namespace activation::diagnosis
