#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "activation/client.h"
#include "client/cli/commands/commands.h"
#include "client/cli/commands/function_json.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/grpcurl.h"
#include "client/cli/json_text.h"
#include "client/cli/message.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

std::string Table(const std::vector<client::FunctionInfo>& functions) {
  size_t width = 0, kind_width = 0;
  for (const auto& function : functions) {
    width = std::max(width, function.name.size());
    kind_width = std::max(kind_width, std::string(NameOf(function.kind)).size());
  }
  const bool colour = UseColour(Stream::kOut);
  std::string text;
  for (const auto& function : functions) {
    const std::string kind = NameOf(function.kind);
    absl::StrAppend(&text, Styled(function.name, "1", colour),
                    std::string(width - function.name.size() + 2, ' '), kind,
                    std::string(kind_width - kind.size() + 2, ' '), function.description, "\n");
  }
  return text;
}

int RunList(const GlobalOptions& global) {
  if (global.print_grpcurl) {
    const absl::Status printed =
        WriteWhole("-", GrpcurlCommand(global, "activation.v1.ActivationService/ListFunctions"));
    return printed.ok() ? kExitOk : FailInput(printed);
  }
  const auto functions = client::Client(global.ForClient()).ListFunctions();
  if (!functions.ok()) return FailService(functions.status(), global.ForClient());
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const auto& function : *functions) json.push_back(FunctionJson(function));
  const absl::Status written = WriteWhole("-", global.json ? JsonText(json, 2) : Table(*functions));
  return written.ok() ? kExitOk : FailInput(written);
}

}  // namespace

void AddList(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("list", "List the functions the server has");
  command->footer(
      "  activation-client list\n"
      "  activation-client list --json");
  command->callback([&context] { context.run = [&context] { return RunList(context.global); }; });
}

}  // namespace activation::cli
