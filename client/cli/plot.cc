#include "client/cli/plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace activation::cli {
namespace {

constexpr double kMargin = 0.06;
// Neighbouring points of a fine grid that are this far apart, as a share of the
// plot's height, are two sides of a jump.
constexpr double kJump = 0.1;

double RoundStep(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= rough * 0.999) return power * factor;
  }
  return power * 10;
}

}  // namespace

Range RangeOfY(const Plot& plot) {
  Range range{0, 0};
  for (const Curve& curve : plot.curves) {
    for (const double y : curve.y) {
      if (!std::isfinite(y)) continue;
      range.low = std::min(range.low, y);
      range.high = std::max(range.high, y);
    }
  }
  if (range.low == range.high) return {-1, 1};
  const double margin = (range.high - range.low) * kMargin;
  return {range.low - margin, range.high + margin};
}

std::vector<double> Ticks(const Range& range, int count) {
  std::vector<double> ticks;
  const double step = RoundStep((range.high - range.low) / count);
  if (!std::isfinite(step) || step <= 0) return ticks;
  const double first = std::ceil(range.low / step - 1e-9);
  const double last = std::floor(range.high / step + 1e-9);
  // Twice as many as asked for can never be, unless the range is beyond doubles.
  for (double i = first; i <= last && ticks.size() < 4 * static_cast<size_t>(count); ++i) {
    ticks.push_back(i * step);
  }
  return ticks;
}

std::string TickText(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value == 0 ? 0.0 : value);
  return text;
}

bool Connected(const Plot& plot, const Curve& curve, const Range& y, size_t i) {
  if (i + 1 >= plot.x.size()) return false;
  const double here = curve.y[i], next = curve.y[i + 1];
  if (!std::isfinite(here) || !std::isfinite(next)) return false;
  return plot.joined || plot.x.size() < 64 ||
         std::fabs(y.Fraction(next) - y.Fraction(here)) < kJump;
}

}  // namespace activation::cli
