#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "activation/client.h"
#include "client/cli/commands/commands.h"
#include "client/cli/commands/curves.h"
#include "client/cli/commands/find_function.h"
#include "client/cli/commands/function_json.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/grpcurl.h"
#include "client/cli/json_text.h"
#include "client/cli/message.h"
#include "client/cli/number_text.h"
#include "client/cli/plot_terminal.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

// What a function takes and gives, in words.
const char* Explained(client::FunctionKind kind) {
  switch (kind) {
    case client::FunctionKind::kElementwise:
      return "elementwise: y[i] = f(x[i])";
    case client::FunctionKind::kPerChannel:
      return "per channel: takes --weight, one a channel (axis 1) or one for all";
    case client::FunctionKind::kRowWise:
      return "row-wise: of all elements along an axis together";
    case client::FunctionKind::kGated:
      return "gated: of the halves a and b of x along an axis; y is half of x";
    case client::FunctionKind::kUnknown:
      break;
  }
  return "of a kind this client does not know";
}

std::string Description(const client::FunctionInfo& function) {
  std::string text = absl::StrCat(
      Styled(function.name, "1", UseColour(Stream::kOut)), "\n", function.description, "\n\n",
      "  f(x)       ", function.formula, "\n", "  kind       ", Explained(function.kind), "\n",
      "  range      ", function.range, "\n", "  monotone   ", function.monotone ? "yes" : "no",
      "\n", "  smooth     ", function.smooth ? "yes" : "no", "\n", "  saturates  ",
      function.saturation, "\n", "  used in    ", function.used_in, "\n", "  strengths  ",
      function.strengths, "\n", "  weaknesses ", function.weaknesses, "\n", "  reference  ",
      function.reference, "\n");
  for (const auto& parameter : function.parameters) {
    absl::StrAppend(&text, "\n  --param ", parameter.name, "=", NumberText(parameter.default_value),
                    "  ", parameter.description, "\n      from ", NumberText(parameter.minimum),
                    " to ", NumberText(parameter.maximum),
                    parameter.differentiable ? ", with a gradient of its own\n" : "\n");
  }
  return text;
}

// The curve and the derivative, where stdout is a terminal and the function has them; no more
// than that, so where it fails the description stands alone.
std::string Picture(const client::Client& client, const client::FunctionInfo& function) {
  if (!IsTerminal(Stream::kOut) || function.kind != client::FunctionKind::kElementwise) return "";
  absl::StatusOr<Plot> plot = ComputeCurves(
      client, {.functions = {function.name}, .how = {}, .gradient = true, .from = -4, .to = 4});
  if (!plot.ok()) return "";
  plot->subtitle.clear();
  const TerminalSize size = SizeOfTerminal();
  return "\n" + PlotText(*plot, {.columns = std::min(size.columns, 72),
                                 .rows = std::min(size.rows, 18),
                                 .colour = UseColour(Stream::kOut)});
}

int RunDescribe(const std::string& name, const GlobalOptions& global) {
  if (global.print_grpcurl) {
    const absl::Status printed =
        WriteWhole("-", GrpcurlCommand(global, "activation.v1.ActivationService/ListFunctions"));
    return printed.ok() ? kExitOk : FailInput(printed);
  }
  const client::Client client(global.ForClient());
  const auto function = FindFunction(client, name);
  if (!function.ok()) return FailService(function.status(), global.ForClient());
  const absl::Status written =
      WriteWhole("-", global.json ? JsonText(FunctionJson(*function), 2)
                                  : Description(*function) + Picture(client, *function));
  return written.ok() ? kExitOk : FailInput(written);
}

}  // namespace

void AddDescribe(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("describe", "Show a function's formula, parameters and range");
  command->footer(
      "  activation-client describe gelu\n"
      "  activation-client describe leaky_relu --json");
  auto name = std::make_shared<std::string>();
  command->add_option("function", *name, "The function; `list` shows all")->required();
  command->callback([name, &context] {
    context.run = [name, &context] { return RunDescribe(*name, context.global); };
  });
}

}  // namespace activation::cli
