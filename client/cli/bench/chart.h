// Plots of a report as SVG inside a page, whose style sheet has the colours: classes s0,
// s1, ... of series, and those of grid, axis and labels. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_CHART_H_
#define ACTIVATION_CLIENT_CLI_BENCH_CHART_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/plot.h"

namespace activation::cli {

struct ChartSeries {
  std::string label;
  int colour = 0;
  std::vector<std::pair<double, double>> points;  // a gap where y is not finite
  bool line = true;
  bool dots = false;
  bool dashed = false;
  bool filled = false;  // down to the axis
};

// A place on the x axis worth a word.
struct ChartMarker {
  double x = 0;
  std::string label;
};

struct ChartAxis {
  std::string label{};
  bool logarithmic = false;     // then nothing at or below 0 is drawn
  bool from_zero = true;        // of a linear axis
  std::vector<double> ticks{};  // where not given, round numbers
  std::function<std::string(double)> text = TickText;
};

struct Chart {
  std::string title{};
  ChartAxis x{};
  ChartAxis y{};
  std::vector<ChartSeries> series;
  std::vector<ChartMarker> markers{};
};

std::string ChartSvg(const Chart& chart);

// One bar cut into parts, with a legend that has each part's name, text and share.
struct ShareBar {
  struct Part {
    std::string name;
    double value = 0;
    std::string text;
  };
  std::string title;
  std::vector<Part> parts;
};

std::string ShareBarSvg(const ShareBar& bar);

// Text for HTML and SVG.
std::string EscapedText(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_CHART_H_
