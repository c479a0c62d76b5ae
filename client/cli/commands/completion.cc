#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/message.h"
#include "src/functions/catalogue.h"

namespace activation::cli {
namespace {

// "--address --deadline", every long flag of the command.
std::string Flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return absl::StrJoin(flags, " ");
}

// "exact fast" of an option that takes one of these; "" of another. CLI11 keeps them as the
// description of their check alone, "TEXT:{exact,fast}".
std::string Values(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{'), end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return "";
  return absl::StrReplaceAll(type.substr(begin + 1, end - begin - 1), {{",", " "}});
}

// "forward:--tier|forward:-x", however the option is written.
std::string CasePattern(const std::string& command, const CLI::Option& option) {
  std::vector<std::string> patterns;
  for (const std::string& name : option.get_lnames()) {
    patterns.push_back(absl::StrCat(command, ":--", name));
  }
  for (const std::string& name : option.get_snames()) {
    patterns.push_back(absl::StrCat(command, ":-", name));
  }
  return absl::StrJoin(patterns, "|");
}

// What may follow an option of the command: its values, or what its type names, files.
std::string ValueCases(const std::string& name, const CLI::App& command) {
  std::string cases;
  for (const CLI::Option* option : command.get_options()) {
    // A flag takes none, and the arguments of a command have no name.
    if (option->get_items_expected_max() == 0 || !option->nonpositional()) continue;
    if (option->check_lname("function") || option->check_lname("param")) continue;
    absl::StrAppend(&cases, "  ", CasePattern(name, *option), ") _activation_client_offer \"",
                    Values(*option), "\"; return ;;\n");
  }
  return cases;
}

// The name of each parameter with its sign, by function.
std::string ParameterCases() {
  std::string cases;
  for (const FunctionInfo& info : Catalogue()) {
    std::vector<std::string> names;
    for (size_t i = 0; i < ParamCount(info); ++i)
      names.push_back(absl::StrCat(info.params[i].name, "="));
    if (names.empty()) continue;
    absl::StrAppend(&cases, "    ", info.name, ") _activation_client_offer \"",
                    absl::StrJoin(names, " "), "\" ;;\n");
  }
  return cases;
}

std::string FunctionNames() {
  std::vector<std::string> names;
  for (const FunctionInfo& info : Catalogue()) names.emplace_back(info.name);
  return absl::StrJoin(names, " ");
}

// The command is the first word that is one: global options may stand before it. Bash breaks
// words at =, which the script undoes: of `--tier=ex` it sees --tier, = and ex.
// What it defines is the whole shell's, so its names are ours alone.
constexpr char kScript[] = R"(_activation_client_offer() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}
_activation_client() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local command="" first=1 function="" words at
  if [[ $current == = ]]; then
    current=""
  elif [[ $previous == = && $COMP_CWORD -gt 2 ]]; then
    previous="${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((at = 1; at < COMP_CWORD; ++at)); do
    [[ " @COMMANDS@ " == *" ${COMP_WORDS[at]} "* ]] || continue
    command="${COMP_WORDS[at]}" first=$((at + 1))
    break
  done
  for ((at = first; at < COMP_CWORD; ++at)); do
    [[ ${COMP_WORDS[at]} == -f || ${COMP_WORDS[at]} == --function ]] || continue
    function="${COMP_WORDS[at + 1]}"
    [[ $function != = ]] || function="${COMP_WORDS[at + 2]}"
  done
  [[ $command != describe && $command != plot ]] || function="${COMP_WORDS[first]}"
  case "$command:$previous" in
  *:--function|*:-f) _activation_client_offer "@FUNCTIONS@"; return ;;
  *:--param|*:-p)
    compopt -o nospace 2>/dev/null
    case "$function" in
@PARAMETERS@    esac
    return ;;
@VALUES@  esac
  if [[ ! $command ]]; then
    _activation_client_offer "@COMMANDS@ @GLOBAL@"
    return
  fi
  case "$command:$current" in
  *:-*) ;;
  describe:*|plot:*) _activation_client_offer "@FUNCTIONS@"; return ;;
  *) return ;;
  esac
  words="@GLOBAL@"
  case "$command" in
@FLAGS@  esac
  _activation_client_offer "$words"
}
complete -o default -F _activation_client activation-client
)";

// A script made from the commands as they are declared and from the catalogue, so that it is
// always complete and asks no server.
std::string BashScript(const CLI::App& app) {
  std::vector<std::string> names;
  std::string flags, values = ValueCases("*", app);
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string& name = command->get_name();
    names.push_back(name);
    absl::StrAppend(&flags, "  ", name, ") words=\"$words ", Flags(*command), "\" ;;\n");
    values += ValueCases(name, *command);
  }
  return absl::StrReplaceAll(kScript, {{"@COMMANDS@", absl::StrJoin(names, " ")},
                                       {"@FUNCTIONS@", FunctionNames()},
                                       {"@PARAMETERS@", ParameterCases()},
                                       {"@VALUES@", values},
                                       {"@GLOBAL@", Flags(app)},
                                       {"@FLAGS@", flags}});
}

}  // namespace

void AddCompletion(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("completion", "Print a script that completes command lines in bash");
  command->footer(
      "  source <(activation-client completion)\n"
      "  activation-client completion > /etc/bash_completion.d/activation-client");
  command->callback([&app, &context] {
    context.run = [&app] {
      const absl::Status written = WriteWhole("-", BashScript(app));
      return written.ok() ? kExitOk : FailInput(written);
    };
  });
}

}  // namespace activation::cli
