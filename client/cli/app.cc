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

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/help.h"
#include "client/cli/message.h"
#include "client/cli/number_text.h"
#include "rpc/said_of_flag.h"
#include "src/base/words.h"

namespace activation::cli {
namespace {

// Ahead of every other check of an option's values: they are as they were typed, without the space
// of Arguments(), and an empty one is refused, as of a variable that is not set. A shape alone may
// be empty, that of a scalar; a number of elements may not.
void CheckValues(CLI::App& app) {
  std::vector<CLI::App*> commands = app.get_subcommands(nullptr);
  commands.push_back(&app);
  for (CLI::App* command : commands) {
    for (CLI::Option* option : command->get_options()) {
      if (option->get_items_expected_max() == 0) continue;  // a flag
      const bool is_shape = option->check_lname("shape") && !option->check_lname("elements");
      const bool may_be_empty = is_shape || !option->nonpositional();
      const auto check = [may_be_empty](std::string& value) -> std::string {
        if (absl::StartsWith(value, " -")) value.erase(0, 1);
        return value.empty() && !may_be_empty ? "is empty" : "";
      };
      option->transform(CLI::Validator(check, ""));
    }
  }
}

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
  CheckValues(app);
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

// What no command took, without the mark behind which there are no flags.
std::vector<std::string> LeftOver(const CLI::App& app) {
  std::vector<std::string> extra = app.remaining(true);
  extra.erase(std::remove(extra.begin(), extra.end(), "--"), extra.end());
  return extra;
}

// Whether a word stands where a subcommand would, and is none: there is no help about it.
bool IsOfNoCommand(const CLI::App& app) {
  const std::vector<std::string> extra = LeftOver(app);
  return app.get_subcommands().empty() && !extra.empty() && !absl::StartsWith(extra.front(), "-");
}

// "; the elements of a tensor are one argument: -1,-2" where a number is x and there are but
// numbers beside it, else "".
std::string HintOfElements(const std::vector<std::string>& extra, const CLI::App& command) {
  const CLI::Option* const x = command.get_option_no_throw("x");
  if (x == nullptr || x->empty()) return "";
  std::vector<std::string> elements = x->results();
  elements.insert(elements.end(), extra.begin(), extra.end());
  for (std::string& element : elements) {
    if (!LooksLikeNumbers(element) || absl::StrContains(element, ',')) return "";
    absl::StripLeadingAsciiWhitespace(&element);
  }
  return absl::StrCat("; the elements of a tensor are one argument: ",
                      Echo(absl::StrJoin(elements, ",")));
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
  std::string hint;
  for (const CLI::App* command : app.get_subcommands()) {
    for (std::string& flag : FlagsOf(*command)) flags.push_back(std::move(flag));
    hint = HintOfElements(extra, *command);
  }
  return NoSuchArgument(extra, flags) + hint;
}

// What the library says of a command line, or what it leaves out: that something is missing
// often means that it is there and misspelt.
std::string Explained(const CLI::ParseError& error, const CLI::App& app) {
  const std::vector<std::string> extra = LeftOver(app);
  const bool is_missing = error.get_name() == "RequiredError";
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!extra.empty() && (is_missing || is_extra || IsOfNoCommand(app))) {
    // Without the space of Arguments().
    return absl::StrReplaceAll(Unexpected(extra, app), {{"' -", "'-"}});
  }
  const absl::string_view said = error.what();
  const size_t more_than_one = said.find(": At Most 1 required but received ");
  if (more_than_one != absl::string_view::npos) {
    return absl::StrCat(said.substr(0, more_than_one), ": is given twice");
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
       {ApplySharedAddress(app), RefuseVariables(app), ApplyConfigFile(app, context.global)}) {
    if (!problem.empty()) return FailUsage(problem);
  }
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
