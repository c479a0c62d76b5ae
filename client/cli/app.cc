#include "client/cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/help.h"
#include "client/cli/message.h"
#include "client/cli/number_text.h"

namespace activation::cli {
namespace {

void Declare(CLI::App& app, Context& context) {
  app.description("Evaluates neural-network activation functions on an activation-server.");
  app.footer(
      "  activation-client forward --function=gelu -1,0,0.5\n"
      "  activation-client gradient --function=gelu x.npy --dy dy.npy -o dx.npy\n"
      "  activation-client plot gelu --gradient -o gelu.svg\n"
      "  activation-client check --function=gelu x.npy y.npy --max-ulp=1\n"
      "  activation-client bench --function=gelu --concurrency=64 --duration=10s");
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_version_flag("--version", "activation-client " ACTIVATION_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  AddGlobalOptions(app, context.global);
  AddForward(app, context);
  AddGradient(app, context);
  AddList(app, context);
  AddDescribe(app, context);
  AddPlot(app, context);
  AddCheck(app, context);
  AddBench(app, context);
  AddCompare(app, context);
  AddEcho(app, context);
  AddHealth(app, context);
  AddCompletion(app, context);
}

// The arguments, last first as CLI11 wants them. "-inf,0" would be taken for
// flags; a space before it makes it an argument.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::string& argument : arguments) {
    if (argument.size() > 1 && argument[0] == '-' && LooksLikeNumbers(argument)) {
      argument.insert(0, " ");
    }
  }
  std::reverse(arguments.begin(), arguments.end());
  return arguments;
}

// CLI11 says of an unknown subcommand only that one is required.
std::string Explained(const CLI::ParseError& error, const CLI::App& app) {
  const std::vector<std::string> unknown = app.remaining();
  if (error.get_name() != "RequiredError" || !app.get_subcommands().empty() || unknown.empty()) {
    return error.what();
  }
  const auto names = absl::StrJoin(
      app.get_subcommands(nullptr), ", ",
      [](std::string* out, const CLI::App* command) { out->append(command->get_name()); });
  return absl::StrCat("there is no subcommand '", unknown.front(), "'; there are ", names);
}

}  // namespace

int Main(int argc, char** argv) {
  CLI::App app;
  app.name("activation-client");
  Context context;
  Declare(app, context);
  if (argc <= 1) {
    std::cerr << app.help();
    return kExitUsage;
  }
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::ParseError& error) {
    // --help and --version end the parse too, with code 0 and text for stdout.
    if (error.get_exit_code() == 0) return app.exit(error);
    return FailUsage(Explained(error, app));
  }
  const std::string problem = ApplyConfigFile(app, context.global);
  if (!problem.empty()) return FailUsage(problem);
  return context.run();
}

}  // namespace activation::cli
