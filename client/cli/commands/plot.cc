#include "client/cli/plot.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "activation/client.h"
#include "client/cli/commands/commands.h"
#include "client/cli/commands/curves.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/json_text.h"
#include "client/cli/message.h"
#include "client/cli/number_json.h"
#include "client/cli/plot_picture.h"
#include "client/cli/plot_terminal.h"
#include "client/cli/terminal.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

struct PlotCommand {
  CurvesWanted curves;
  std::string output;
};

std::string PlotJson(const Plot& plot) {
  nlohmann::ordered_json json = {{"title", plot.title}, {"x", plot.x}};
  for (const Curve& curve : plot.curves) {
    nlohmann::ordered_json& y = json["curves"][curve.label] = nlohmann::ordered_json::array();
    for (const double value : curve.y) y.push_back(NumberJson(value));
  }
  return JsonText(json);
}

std::string Drawing(const PlotCommand& options, const GlobalOptions& global, const Plot& plot) {
  if (!options.output.empty()) {
    return absl::EndsWith(options.output, ".png") ? PlotPng(plot) : PlotSvg(plot);
  }
  if (global.json) return PlotJson(plot);
  const TerminalSize size = SizeOfTerminal();
  return PlotText(plot, {.columns = std::min(size.columns, 100),
                         .rows = std::min(size.rows, 30),
                         .colour = UseColour(Stream::kOut)});
}

int RunPlot(const PlotCommand& options, const GlobalOptions& global) {
  if (!std::isfinite(options.curves.from) || !std::isfinite(options.curves.to) ||
      options.curves.from >= options.curves.to) {
    return FailUsage("--from must be less than --to");
  }
  if (!options.output.empty() && options.output != "-" && !absl::EndsWith(options.output, ".svg") &&
      !absl::EndsWith(options.output, ".png")) {
    return FailUsage(absl::StrCat("-o ", options.output, ": only .svg and .png files are drawn"));
  }
  const auto plot = ComputeCurves(client::Client(global.ForClient()), options.curves);
  if (!plot.ok()) return FailService(plot.status(), global.ForClient());
  const absl::Status written =
      WriteWhole(options.output.empty() ? "-" : options.output, Drawing(options, global, *plot));
  return written.ok() ? kExitOk : FailInput(written);
}

}  // namespace

void AddPlot(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "plot", "Draw functions and their derivatives, as the server computes them");
  command->footer(
      "  activation-client plot gelu --gradient\n"
      "  activation-client plot gelu --gradient -o gelu.svg\n"
      "  activation-client plot relu silu gelu --gradient --from -4 --to 4 -o three.png\n"
      "  activation-client plot leaky_relu -p slope=0.2");
  auto options = std::make_shared<PlotCommand>();
  command->add_option("functions", options->curves.functions, "One or more functions")->required();
  AddHowOptions(*command, options->curves.how);
  command->add_flag("-g,--gradient", options->curves.gradient, "Draw the derivatives too");
  command->add_option("--from", options->curves.from, "The least x")->capture_default_str();
  command->add_option("--to", options->curves.to, "The greatest x")->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "An .svg or .png file, or - for SVG on stdout; drawn as text when absent");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunPlot(*options, context.global); };
  });
}

}  // namespace activation::cli
