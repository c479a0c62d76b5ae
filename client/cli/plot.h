// What is drawn: curves over one grid of x, and the scale they share.
#ifndef ACTIVATION_CLIENT_CLI_PLOT_H_
#define ACTIVATION_CLIENT_CLI_PLOT_H_

#include <functional>
#include <string>
#include <vector>

namespace activation::cli {

struct Curve {
  std::string label;  // "gelu", "gelu'"
  int colour = 0;     // index into the palette
  bool dashed = false;
  std::vector<double> y;  // one for each x; not finite where there is none
};

// The text beside a tick, "-2.5".
std::string TickText(double value);

struct Plot {
  std::string title;
  std::string subtitle;   // the formula, where one function is drawn
  std::vector<double> x;  // ascending
  std::vector<Curve> curves;
  // Of ticks of y, where y is not itself what is drawn but, say, its logarithm.
  std::function<std::string(double)> y_text = TickText;
  bool joined = false;  // whether neighbours are joined however far apart they are
};

struct Range {
  double low = 0;
  double high = 1;

  // Where `value` lies between low (0) and high (1).
  double Fraction(double value) const { return (value - low) / (high - low); }
};

// From the least to the greatest finite y with a margin, and zero always in it.
Range RangeOfY(const Plot& plot);

// Round numbers in `range`, some `count` of them, a power of ten times 1, 2 or 5 apart.
std::vector<double> Ticks(const Range& range, int count);

// Whether the line from point i to i + 1 of a curve is to be drawn: not where
// the function jumps, nor where a point is missing.
bool Connected(const Plot& plot, const Curve& curve, const Range& y, size_t i);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_PLOT_H_
