#include "client/cli/plot.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "activation/client.h"
#include "client/cli/commands/commands.h"
#include "client/cli/commands/find_function.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/message.h"
#include "client/cli/number_text.h"
#include "client/cli/plot_svg.h"
#include "client/cli/plot_terminal.h"
#include "client/cli/terminal.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

constexpr size_t kPoints = 1201;

struct PlotCommand {
  std::vector<std::string> functions;
  ActivationOptions how;
  bool gradient = false;
  double from = -6;
  double to = 6;
  std::string output;
};

std::vector<double> Grid(double from, double to) {
  std::vector<double> x(kPoints);
  for (size_t i = 0; i < kPoints; ++i) {
    const double t = static_cast<double>(i) / (kPoints - 1);
    x[i] = from * (1 - t) + to * t;
  }
  return x;
}

std::string Title(const PlotCommand& options) {
  std::string title = options.functions.size() > 4
                          ? absl::StrCat(options.functions.size(), " functions")
                          : absl::StrJoin(options.functions, ", ");
  if (!options.how.parameters.empty()) {
    absl::StrAppend(&title, " (", absl::StrJoin(options.how.parameters, ", "), ")");
  }
  return options.gradient ? title + (options.functions.size() == 1 ? " and its derivative"
                                                                   : " and their derivatives")
                          : title;
}

// One function's curve and, where asked, its derivative's. A pair drawn alone
// differs in colour; among several functions the derivative is dashed.
absl::Status AddCurves(const client::Client& client, const PlotCommand& options,
                       const std::string& name, Plot& plot) {
  client::Activation activation = options.how.ForClient();
  activation.function = name;
  const bool alone = options.functions.size() == 1;
  const int colour = static_cast<int>(plot.curves.size()) / (options.gradient ? 2 : 1);
  Curve curve{.label = name, .colour = colour, .dashed = false, .y = std::vector<double>(kPoints)};
  absl::Status forward = client.Forward(activation, plot.x, absl::MakeSpan(curve.y));
  if (!forward.ok()) return forward;
  plot.curves.push_back(std::move(curve));
  if (!options.gradient) return absl::OkStatus();
  Curve derivative{.label = name + "'",
                   .colour = alone ? 1 : colour,
                   .dashed = !alone,
                   .y = std::vector<double>(kPoints)};
  absl::Status gradient = client.Gradient(activation, plot.x, {}, absl::MakeSpan(derivative.y));
  plot.curves.push_back(std::move(derivative));
  return gradient;
}

absl::StatusOr<Plot> Compute(const PlotCommand& options, const client::Client& client) {
  Plot plot{
      .title = Title(options), .subtitle = "", .x = Grid(options.from, options.to), .curves = {}};
  for (const std::string& name : options.functions) {
    const auto function = FindFunction(client, name);
    if (!function.ok()) return function.status();
    if (function->kind != client::FunctionKind::kElementwise) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, " is not drawn: only functions of one number have a curve; `list` shows them"));
    }
    if (options.functions.size() == 1) plot.subtitle = "f(x) = " + function->formula;
    const absl::Status added = AddCurves(client, options, name, plot);
    if (!added.ok()) return added;
  }
  return plot;
}

std::string PlotJson(const Plot& plot) {
  nlohmann::ordered_json json = {{"title", plot.title}, {"x", plot.x}};
  for (const Curve& curve : plot.curves) json["curves"][curve.label] = curve.y;
  return json.dump() + "\n";
}

std::string Drawing(const PlotCommand& options, const GlobalOptions& global, const Plot& plot) {
  if (!options.output.empty()) return PlotSvg(plot);
  if (global.json) return PlotJson(plot);
  const TerminalSize size = SizeOfTerminal();
  return PlotText(plot, {.columns = std::min(size.columns, 100),
                         .rows = std::min(size.rows, 30),
                         .colour = UseColour(Stream::kOut)});
}

int RunPlot(const PlotCommand& options, const GlobalOptions& global) {
  if (!std::isfinite(options.from) || !std::isfinite(options.to) || options.from >= options.to) {
    return FailUsage("--from must be less than --to");
  }
  if (!options.output.empty() && options.output != "-" && !absl::EndsWith(options.output, ".svg")) {
    return FailUsage(absl::StrCat("-o ", options.output, ": only .svg files can be drawn"));
  }
  const auto plot = Compute(options, client::Client(global.ForClient()));
  if (!plot.ok()) return FailService(plot.status(), global.address);
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
      "  activation-client plot relu silu gelu --from -4 --to 4\n"
      "  activation-client plot leaky_relu -p slope=0.2");
  auto options = std::make_shared<PlotCommand>();
  command->add_option("functions", options->functions, "One or more functions")->required();
  AddHowOptions(*command, options->how);
  command->add_flag("-g,--gradient", options->gradient, "Draw the derivatives too");
  command->add_option("--from", options->from, "The least x")->capture_default_str();
  command->add_option("--to", options->to, "The greatest x")->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "An .svg file, or - for SVG on stdout; drawn as text when absent");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunPlot(*options, context.global); };
  });
}

}  // namespace activation::cli
