#include "client/cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/help.h"
#include "client/cli/message.h"
#include "client/cli/number_text.h"
#include "rpc/said_of_flag.h"
#include "src/base/words.h"

namespace activation::cli {
namespace {

void Declare(CLI::App& app, Context& context) {
  app.description("Evaluates neural-network activation functions on an activation-server.");
  app.footer(
      "  activation-client forward --function=gelu -1,0,0.5\n"
      "  activation-client gradient --function=gelu x.npy --dy dy.npy -o dx.npy\n"
      "  activation-client plot gelu --gradient -o gelu.svg\n"
      "  activation-client check --function=gelu x.npy y.npy --max-ulp=1\n"
      "  activation-client diagnose --normal 0,1\n"
      "  activation-client bench --function=gelu --concurrency=64 --duration=10s");
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_version_flag("--version", "activation-client " ACTIVATION_VERSION,
                       "Print the version and exit");
  app.fallthrough();
  app.require_subcommand(1);
  AddGlobalOptions(app, context.global);
  AddForward(app, context);
  AddGradient(app, context);
  AddList(app, context);
  AddDescribe(app, context);
  AddPlot(app, context);
  AddCheck(app, context);
  AddDiagnose(app, context);
  AddBench(app, context);
  AddCompare(app, context);
  AddEcho(app, context);
  AddHealth(app, context);
  AddCompletion(app, context);
}

// Whether a subcommand is one call that grpcurl makes as well.
bool IsOneCall(absl::string_view command) {
  return command == "forward" || command == "gradient" || command == "list" ||
         command == "describe" || command == "health";
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

// Whether a word stands where a subcommand would, and is none: there is no help about it.
bool IsOfNoCommand(const CLI::App& app) {
  const std::vector<std::string> extra = app.remaining(true);
  return app.get_subcommands().empty() && !extra.empty() && !absl::StartsWith(extra.front(), "-");
}

// What is wrong with what no command took, of which there is at least one: an unknown subcommand,
// or an unknown flag, for which those of the commands given are looked through.
std::string Unexpected(const std::vector<std::string>& extra, const CLI::App& app) {
  if (IsOfNoCommand(app)) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands(nullptr)) {
      names.push_back(command->get_name());
    }
    const std::string meant = DidYouMean(Nearest(extra.front(), names));
    return absl::StrCat(
        "there is no subcommand '", Echo(extra.front()), "'",
        meant.empty() ? absl::StrCat("; there are ", absl::StrJoin(names, ", ")) : meant);
  }
  std::vector<std::string> flags = FlagsOf(app);
  for (const CLI::App* command : app.get_subcommands()) {
    for (std::string& flag : FlagsOf(*command)) flags.push_back(std::move(flag));
  }
  return NoSuchArgument(extra, flags);
}

// What the library says of a command line, or what it leaves out: that something is missing
// often means that it is there and misspelt.
std::string Explained(const CLI::ParseError& error, const CLI::App& app) {
  const std::vector<std::string> extra = app.remaining(true);
  const bool is_missing = error.get_name() == "RequiredError";
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!extra.empty() && (is_missing || is_extra || IsOfNoCommand(app))) {
    return Unexpected(extra, app);
  }
  return SaidOfFlag(error, app);
}

}  // namespace

int Main(int argc, char** argv) {
  // What gRPC would write beside our messages these say already; who wants it asks for it.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  CLI::App app;
  app.name("activation-client");
  Context context;
  Declare(app, context);
  if (argc <= 1) {
    std::cerr << app.help();
    return kExitUsage;
  }
  const std::string empty = RefuseEmpty({argv + 1, argv + argc}, app);
  if (!empty.empty()) return FailUsage(empty);
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::ParseError& error) {
    // --help and --version end the parse too, with code 0 and text for stdout.
    if (error.get_exit_code() == 0 && !IsOfNoCommand(app)) return app.exit(error);
    return FailUsage(Explained(error, app));
  }
  for (const std::string& problem :
       {ApplySharedAddress(app), RefuseMisspelt(app), ApplyConfigFile(app, context.global)}) {
    if (!problem.empty()) return FailUsage(problem);
  }
  if (context.global.address.empty()) return FailUsage("--address: is empty");
  if (context.global.print_grpcurl && !IsOneCall(app.get_subcommands().front()->get_name())) {
    return FailUsage("--print-grpcurl is for forward, gradient, list, describe and health");
  }
  try {
    return context.run();
  } catch (const std::bad_alloc&) {
    return FailInput(absl::ResourceExhaustedError(
        "no memory for so much: give it in parts, or on a machine that has more"));
  }
}

}  // namespace activation::cli
