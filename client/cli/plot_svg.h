// A plot as an SVG file of its own: no scripts, no fonts or files from
// elsewhere, light or dark as the reader's screen is.
#ifndef ACTIVATION_CLIENT_CLI_PLOT_SVG_H_
#define ACTIVATION_CLIENT_CLI_PLOT_SVG_H_

#include <string>

#include "client/cli/plot.h"

namespace activation::cli {

std::string PlotSvg(const Plot& plot);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_PLOT_SVG_H_
