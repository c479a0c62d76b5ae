#include "server/lifecycle.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/address.h"
#include "server/logging.h"
#include "server/memory.h"
#include "server/notify.h"
#include "server/periodic.h"
#include "server/pollers/in_grpc.h"
#include "server/server.h"
#include "server/steady_clock.h"
#include "server/stopwatch.h"
#include "src/base/out_of_memory.h"

namespace activation {
namespace {

// Sent by the draining thread to end the wait for a second signal.
constexpr int kDrained = SIGUSR1;

// Signals are taken by waiting for them and in no other way. Threads made
// later inherit that they are blocked. Writing to what nobody reads any more, be it a
// connection or the log, is an error and not the end.
sigset_t BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, kDrained}) sigaddset(&set, signal);
  signal(SIGPIPE, SIG_IGN);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

int NextSignal(const sigset_t& set) {
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal;
}

void WarnIfExposed(const Config& config) {
  const auto warn = [](const std::string& text, const char* message) {
    if (text.empty() || ParseAddress(text)->IsLocal()) return;
    Log(LogLevel::kWarning, "insecure", {{"address", text}, {"message", message}});
  };
  if (!config.tls.on()) {
    warn(config.address, config.token_file.empty()
                             ? "other machines can reach this address, without TLS"
                             : "other machines can reach this address, without TLS: tokens can "
                               "be read on their way");
  }
  warn(config.http_address, "other machines can reach this address, without TLS");
}

// A call is admitted with twice the bytes of its request.
void WarnIfTight(const Limits& limits) {
  if (limits.max_inflight_bytes >= 2 * limits.max_message_bytes) return;
  Log(LogLevel::kWarning, "limits",
      {{"max_inflight_bytes", limits.max_inflight_bytes},
       {"max_message_bytes", limits.max_message_bytes},
       {"message",
        "--max-inflight-bytes is below twice --max-message-bytes: the largest messages "
        "are refused, however idle the server is"}});
}

// To be asked once it serves.
void WarnIfPollersAreGrpcs(const Config& config) {
  if (config.pollers == 0 || OwnPollers() > 0) return;
  Log(LogLevel::kWarning, "pollers",
      {{"message", "--pollers has no effect: gRPC is a shared library here and has its own"}});
}

const char* NameOf(const access::TlsFiles& tls) {
  return tls.mutual() ? "mutual" : tls.on() ? "on" : "off";
}

void LogStart(Server& server, const Config& config) {
  LogFields devices = LogFields::array();
  for (const DeviceInfo& device : server.engine().devices()) {
    devices.push_back(device.backend + ": " + device.Shown());
  }
  Log(LogLevel::kInfo, "started",
      {{"version", Version()},
       {"address", server.target()},
       {"http_address", server.http_address()},
       {"tls", NameOf(config.tls)},
       {"tokens", server.tokens()},
       {"devices", devices},
       {"pid", getpid()}});
}

// On what it runs, and why.
void LogBackend(const Engine& engine) {
  Log(engine.IsReady() ? LogLevel::kInfo : LogLevel::kWarning, "backend",
      {{"message", "runs on " + engine.RunsOn()}});
}

void LogStop(const Metrics& metrics, absl::Duration draining) {
  Log(LogLevel::kInfo, "stopped",
      {{"seconds", absl::ToDoubleSeconds(draining)},
       {"calls", metrics.calls_started()},
       {"answered_ok", metrics.calls_ended(absl::StatusCode::kOk)},
       {"unavailable", metrics.calls_ended(absl::StatusCode::kUnavailable)}});
}

// A service manager that asked to be told.
void TellManager(absl::string_view state) {
  const char* socket = getenv("NOTIFY_SOCKET");
  if (socket != nullptr) Notify(socket, state);
}

// That it has begun to stop, and how long that may take: longer than the manager's own time-out
// where the drain is.
std::string Stopping(const Config& config) {
  constexpr absl::Duration kFarewell = absl::Seconds(10);
  return absl::StrCat(
      "STOPPING=1\nEXTEND_TIMEOUT_USEC=",
      absl::ToInt64Microseconds(config.drain_delay + config.drain_timeout + kFarewell));
}

// Serves until one that ends it comes. SIGHUP has the files looked at now, as daemons do.
int AwaitEnd(const sigset_t& signals, Server& server) {
  while (true) {
    const int signal = NextSignal(signals);
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (signal != SIGHUP) continue;
    UnlessOutOfMemory([] { Log(LogLevel::kInfo, "reloading", {{"signal", "SIGHUP"}}); });
    UnlessOutOfMemory([&server] { server.Reload(); });
  }
}

// Drains on a second thread, so that this one can wait for a second signal.
void DrainHastenedBySignal(const sigset_t& signals, Server& server) {
  const pthread_t waiting = pthread_self();
  std::atomic<bool> drained{false};
  std::thread draining;
  try {
    draining = std::thread([&server, &drained, waiting] {
      server.Drain();
      drained = true;
      pthread_kill(waiting, kDrained);
    });
  } catch (const std::exception&) {
    // The system has no thread more, or no memory. Better than not to drain is not to be hastened.
    return server.Drain();
  }
  while (true) {
    const int signal = NextSignal(signals);
    if (signal == kDrained && drained) break;
    // A terminal that closes is no wish to be quick, nor is a signal of others that is like ours.
    if (signal == SIGHUP || signal == kDrained) continue;
    UnlessOutOfMemory([] { Log(LogLevel::kInfo, "hastening"); });
    server.Hasten();
  }
  draining.join();
}

}  // namespace

int ReportRefusal(const CommandLine& command_line) {
  if (WritesJson(command_line.log_format)) {
    StartLogging(command_line.log_format, "error");
    Log(LogLevel::kError, "start_failed", {{"message", command_line.error}});
  } else {
    std::cerr << "activation-server: " << command_line.error << "\n";
  }
  return command_line.exit_code;
}

int RunUntilSignal(const Config& config) {
  const sigset_t signals = BlockSignals();
  // Some packages of Abseil are built with its search for deadlocks, which takes
  // a global lock whenever gRPC takes one of its own.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  StartLogging(config.log_format, config.log_level);
  WarnIfExposed(config);
  WarnIfTight(config.limits);
  const Periodic tidying(kGiveBackPeriod, [] {
    GiveBackUnusedMemory();
    LogWhatGrpcRepeats(SteadyTime());
  });
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(config);
  if (!server.ok()) {
    Log(LogLevel::kError, "start_failed", {{"message", std::string(server.status().message())}});
    // What the configuration says cannot be done, as against what failed.
    return absl::IsInvalidArgument(server.status()) ? 2 : 1;
  }
  LogStart(**server, config);
  WarnIfPollersAreGrpcs(config);
  LogBackend((*server)->engine());
  TellManager("READY=1");
  const int signal = AwaitEnd(signals, **server);
  const Stopwatch watch;
  // Calls that were taken are answered even where there is no memory to tell of the end.
  UnlessOutOfMemory([&] {
    TellManager(Stopping(config));
    Log(LogLevel::kInfo, "draining", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  });
  DrainHastenedBySignal(signals, **server);
  UnlessOutOfMemory([&] {
    LogWhatGrpcRepeatedLast();
    LogStop((*server)->metrics(), watch.Total());
  });
  return 0;
}

}  // namespace activation
