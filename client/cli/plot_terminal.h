// A plot as text, drawn in braille dots.
#ifndef ACTIVATION_CLIENT_CLI_PLOT_TERMINAL_H_
#define ACTIVATION_CLIENT_CLI_PLOT_TERMINAL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/plot.h"

namespace activation::cli {

struct TextPlotOptions {
  int columns = 80;  // of the whole drawing
  int rows = 24;
  bool colour = false;
};

std::string PlotText(const Plot& plot, const TextPlotOptions& options);

// The ANSI style of a palette index.
absl::string_view AnsiColour(int colour);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_PLOT_TERMINAL_H_
