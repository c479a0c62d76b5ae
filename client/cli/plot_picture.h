// A plot as a picture, in an .svg or a .png file.
#ifndef ACTIVATION_CLIENT_CLI_PLOT_PICTURE_H_
#define ACTIVATION_CLIENT_CLI_PLOT_PICTURE_H_

#include <string>

#include "client/cli/plot.h"

namespace activation::cli {

std::string PlotSvg(const Plot& plot);
std::string PlotPng(const Plot& plot);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_PLOT_PICTURE_H_
