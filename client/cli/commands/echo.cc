#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/cli/bench/echo_server.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/message.h"
#include "client/cli/options.h"

namespace activation::cli {
namespace {

struct EchoOptions {
  std::string listen = "127.0.0.1:50052";
  bool until_input_ends = false;
};

sigset_t EndingSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

int RunEcho(const EchoOptions& options) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Signals are taken by waiting for them; threads made later inherit that they are blocked.
  const sigset_t signals = EndingSignals();
  if (!options.until_input_ends) pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A terminal sends Ctrl-C to the load test and to its echo; the load test ends both.
  if (options.until_input_ends) std::signal(SIGINT, SIG_IGN);
  const auto echo = EchoServer::Start(options.listen);
  if (!echo.ok()) {
    return FailInput(absl::InvalidArgumentError(
        absl::StrCat("--listen: ", std::string(echo.status().message()))));
  }
  const absl::Status said = WriteWhole("-", (*echo)->target() + "\n");
  if (!said.ok()) return FailInput(said);
  if (options.until_input_ends) {
    (void)ReadWhole("-");
    return kExitOk;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  return kExitOk;
}

}  // namespace

void AddEcho(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "echo", "Serve a bare gRPC echo of the service's methods, to hold a load test against");
  command->footer(
      "  activation-client echo --listen=127.0.0.1:50052\n"
      "  activation-client --address=127.0.0.1:50052 bench --to-echo");
  auto options = std::make_shared<EchoOptions>();
  command->add_option("--listen", options->listen, "Where; port 0 lets the system choose")
      ->type_name("ADDRESS")
      ->check(CheckListen, "")
      ->capture_default_str();
  command->add_flag("--until-input-ends", options->until_input_ends,
                    "Serve until standard input ends instead of until a signal; Ctrl-C\n"
                    "does not end it");
  command->callback([options, &context] { context.run = [options] { return RunEcho(*options); }; });
}

}  // namespace activation::cli
