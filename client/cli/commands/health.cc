#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "activation/client.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/grpcurl.h"
#include "client/cli/json_text.h"
#include "client/cli/message.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

int PrintGrpcurl(const std::string& service, const GlobalOptions& global) {
  const nlohmann::ordered_json request = {{"service", service}};
  const absl::Status written =
      WriteWhole("-", GrpcurlCommand(global, "grpc.health.v1.Health/Check", JsonText(request)));
  return written.ok() ? kExitOk : FailInput(written);
}

int RunHealth(const std::string& service, const GlobalOptions& global) {
  if (global.print_grpcurl) return PrintGrpcurl(service, global);
  const absl::Status status = client::Client(global.ForClient()).CheckHealth(service);
  if (global.json) {
    const nlohmann::ordered_json json = {{"address", global.address},
                                         {"serving", status.ok()},
                                         {"status", absl::StatusCodeToString(status.code())}};
    const absl::Status written = WriteWhole("-", JsonText(json));
    if (!written.ok()) return FailInput(written);
  }
  if (!status.ok()) return FailService(status, global.ForClient());
  if (global.json) return kExitOk;
  const absl::Status written = WriteWhole("-", "serving\n");
  return written.ok() ? kExitOk : FailInput(written);
}

}  // namespace

void AddHealth(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("health", "Ask whether the server is serving");
  command->footer(
      "  activation-client health\n"
      "  activation-client health --address=unix:/run/activation/server.sock --deadline=1s && echo "
      "up");
  auto service = std::make_shared<std::string>();
  command->add_option("--service", *service,
                      "One gRPC service of the server; the server as a whole when absent");
  command->callback([service, &context] {
    context.run = [service, &context] { return RunHealth(*service, context.global); };
  });
}

}  // namespace activation::cli
