// activation-wire-echo: one server that sends requests back, for ./dev wire to measure
// ours beside. Prints the address as a line of JSON when it is ready and serves until
// SIGTERM.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/synchronization/mutex.h"
#include "server/pollers/in_grpc.h"
#include "tests/benchmarks/wire/echo.h"

namespace activation::wire_benchmark {
namespace {

const char* const kMethods[] = {"/activation.v1.ActivationService/Forward",
                                "/inference.GRPCInferenceService/ModelInfer"};

struct Options {
  std::string kind;
  std::optional<int> pollers;
  EchoOptions echo;
};

Options ParseOptions(int argc, char** argv) {
  Options options;
  options.echo.methods.assign(std::begin(kMethods), std::end(kMethods));
  CLI::App app("Sends every request back.");
  app.add_option("--kind", options.kind, "what serves")
      ->required()
      ->check(CLI::IsMember({"callback", "queue", "protobuf", "tcp"}));
  app.add_option("--address", options.echo.address, "where to listen")->capture_default_str();
  app.add_option("--argument", options.echo.arguments, "channel arguments, name=number");
  app.add_option("--queues", options.echo.queues, "threads of the kinds queue and tcp")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option(
         "--pollers", options.pollers,
         "our server's threads in place of gRPC's, so many; 0: as it has them, kind callback")
      ->check(CLI::Range(0, 256));
  app.add_flag("--own-reactor", options.echo.own_reactor, "an object for each call, kind callback");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

std::unique_ptr<Echo> Start(const Options& options) {
  if (options.kind == "callback") return StartCallbackEcho(options.echo);
  if (options.kind == "queue") return StartQueueEcho(options.echo);
  if (options.kind == "protobuf") return StartProtobufEcho(options.echo);
  return StartTcpEcho(options.echo);
}

int Main(int argc, char** argv) {
  const Options options = ParseOptions(argc, argv);
  // As our server does; it costs every lock some time.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  if (options.pollers.has_value()) UseOwnPollers(*options.pollers);
  const std::unique_ptr<Echo> echo = Start(options);
  if (echo->target().empty()) {
    std::fprintf(stderr, "cannot listen on %s\n", options.echo.address.c_str());
    return 1;
  }
  std::printf("%s\n", nlohmann::json{{"address", echo->target()}}.dump().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

}  // namespace
}  // namespace activation::wire_benchmark

int main(int argc, char** argv) { return activation::wire_benchmark::Main(argc, argv); }
