#include <CLI/CLI.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/message.h"

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

// A script made from the commands as they are declared, so that it is always
// complete. Functions are asked of the server.
std::string BashScript(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
    absl::StrAppend(&cases, "    ", command->get_name(), ") words=\"$words ", Flags(*command),
                    "\" ;;\n");
  }
  return absl::StrCat(
      "_activation_client() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local command=\"${COMP_WORDS[1]}\" words\n"
      "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
      "    words=\"",
      absl::StrJoin(names, " "), " ", Flags(app),
      "\"\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"$command:$previous\" in\n"
      "  *:--function|*:-f|describe:describe|plot:plot)\n"
      "    words=\"$(activation-client list --deadline 1s 2>/dev/null | cut -d' ' -f1)\"\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "    return ;;\n"
      "  esac\n"
      "  words=\"",
      Flags(app),
      "\"\n"
      "  case \"$command\" in\n",
      cases,
      "  esac\n"
      "  [[ $current == -* ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}\n"
      "complete -o default -F _activation_client activation-client\n");
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
