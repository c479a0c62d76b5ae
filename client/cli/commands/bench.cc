#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "activation/client.h"
#include "activation/stream.h"
#include "client/cli/bench/report.h"
#include "client/cli/bench/runner.h"
#include "client/cli/bench/workload.h"
#include "client/cli/commands/commands.h"
#include "client/cli/duration_text.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/message.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

struct BenchCommand {
  ActivationOptions activation{.function = "gelu", .parameters = {}};
  bool gradient = false;
  std::string dtype = "f32";
  int64_t elements = 1024;
  int64_t items = 1;
  int concurrency = 64;
  std::string duration = "10s";
  std::string warm_up = "2s";
  std::string output;
  bool stream = false;
};

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The first Ctrl-C ends the run, the second the process.
void StopOnInterrupt() {
  std::signal(SIGINT, [](int) {
    interrupted.store(true);
    std::signal(SIGINT, SIG_DFL);
  });
}

void ShowProgress(const Progress& progress) {
  const double seconds = std::chrono::duration<double>(progress.elapsed).count();
  std::fputs(absl::StrFormat("\r\033[K%.1f s: %d answered, %d failed, %d wrong", seconds,
                             progress.answered, progress.failed, progress.wrong)
                 .c_str(),
             stderr);
}

// Streams of the server, each on a connection of its own, taken in turn.
class StreamPool {
 public:
  StreamPool(const client::ClientOptions& options, int concurrency) {
    const client::StreamOptions stream_options{.max_pending = static_cast<size_t>(concurrency)};
    for (int i = 0; i < std::max(1, options.connections); ++i) {
      streams_.push_back(std::make_unique<client::Stream>(options, stream_options));
    }
  }

  client::Stream& Next() { return *streams_[turn_.fetch_add(1) % streams_.size()]; }

 private:
  std::vector<std::unique_ptr<client::Stream>> streams_;
  std::atomic<size_t> turn_{0};
};

RunResult RunOverStreams(const client::ClientOptions& client_options, const Workload& workload,
                         const RunnerOptions& run) {
  StreamPool streams(client_options, run.concurrency);
  const Sender send = [&](uint64_t number, char* reply, std::function<void(absl::Status)> done) {
    workload.Send(streams.Next(), number, reply, std::move(done));
  };
  return Run(send, workload, run);
}

// One call before the run: a wrong address or parameter is better said once.
absl::Status TryOnce(const client::Client& client, const Workload& workload) {
  std::string reply(workload.reply_bytes(), '\0');
  std::promise<absl::Status> done;
  workload.Send(client, 0, reply.data(),
                [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

Report Measure(const BenchCommand& options, const GlobalOptions& global,
               const client::Client& client, const Workload& workload) {
  Report report{.workload = workload.options(),
                .address = global.address,
                .connections = global.connections,
                .concurrency = options.concurrency,
                .pacer = Pacer(*ParseDuration(options.warm_up), *ParseDuration(options.duration)),
                .request_bytes = workload.request_bytes(),
                .reply_bytes = workload.reply_bytes(),
                .stream = options.stream,
                .result = {}};
  RunnerOptions run{.concurrency = options.concurrency,
                    .pacer = report.pacer,
                    .stop = &interrupted,
                    .on_progress = nullptr};
  const bool animate = IsTerminal(Stream::kError);
  if (animate) run.on_progress = ShowProgress;
  StopOnInterrupt();
  report.result = options.stream ? RunOverStreams(global.ForClient(), workload, run)
                                 : Run(client, workload, run);
  if (animate) std::fputs("\r\033[K", stderr);
  return report;
}

int Judge(const RunResult& result, const GlobalOptions& global) {
  if (result.wrong > 0) {
    Say(absl::StrFormat("error: %d replies were wrong", result.wrong));
    return kExitWrongNumbers;
  }
  // Some refused calls are a result; none answered is a failure.
  if (result.latency.count() == 0 && !result.first_error.ok()) {
    return FailService(result.first_error, global.address);
  }
  return kExitOk;
}

int RunBench(const BenchCommand& options, const GlobalOptions& global) {
  // Where Abseil was built with its search for deadlocks, gRPC's locks would
  // cost more than the calls.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  client::ClientOptions client_options = global.ForClient();
  // A retry would hide a failure and count its wait as latency.
  client_options.retry.max_attempts = 1;
  const client::Client client(client_options);
  const auto workload = Workload::Make({.activation = options.activation.ForClient(),
                                        .gradient = options.gradient,
                                        .dtype = DTypeNamed(options.dtype),
                                        .elements = options.elements,
                                        .items = options.items});
  if (!workload.ok()) return FailService(workload.status(), global.address);
  const absl::Status tried = TryOnce(client, *workload);
  if (!tried.ok()) return FailService(tried, global.address);

  const Report report = Measure(options, global, client, *workload);
  const bool json = global.json || !options.output.empty();
  absl::Status written = WriteWhole(options.output.empty() ? "-" : options.output,
                                    json ? ReportJson(report) : ReportText(report));
  // Beside a file the text is still shown.
  if (written.ok() && !options.output.empty() && options.output != "-" && !global.json) {
    written = WriteWhole("-", ReportText(report));
  }
  if (!written.ok()) return FailInput(written);
  return Judge(report.result, global);
}

void AddLoadOptions(CLI::App& command, BenchCommand& options) {
  command.add_option("--elements", options.elements, "Elements of each item")
      ->check(CLI::Range(int64_t{1}, int64_t{128} << 20))
      ->capture_default_str();
  CLI::Option* const items = command.add_option("--items", options.items, "Items of each call")
                                 ->check(CLI::Range(int64_t{1}, int64_t{16384}))
                                 ->capture_default_str();
  command.add_flag("--stream", options.stream, "Send items over streams, one a connection")
      ->excludes(items);
  command.add_option("--concurrency", options.concurrency, "Calls in flight")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command.add_option("--duration", options.duration, "How long to measure")
      ->type_name("DURATION")
      ->check(CheckDuration, "")
      ->capture_default_str();
  command.add_option("--warm-up", options.warm_up, "How long to send before measuring")
      ->type_name("DURATION")
      ->check(CheckDuration, "")
      ->capture_default_str();
  command.add_option("-o,--output", options.output,
                     "A file for the report in JSON, or - for stdout");
}

}  // namespace

void AddBench(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "bench", "Measure throughput and latency; every reply is checked bit for bit");
  command->footer(
      "  activation-client bench\n"
      "  activation-client bench -f silu --gradient --concurrency=64 --connections=4\n"
      "  activation-client bench --items=64 --elements=256 --duration=30s --json > report.json\n"
      "  activation-client bench --elements=1048576 --concurrency=2 --output=report.json");
  auto options = std::make_shared<BenchCommand>();
  command->add_option("-f,--function", options->activation.function, "The function")
      ->capture_default_str();
  AddHowOptions(*command, options->activation);
  command->add_flag("-g,--gradient", options->gradient, "Call Gradient, with a dy");
  AddDTypeOption(*command, options->dtype, "What the tensors hold");
  AddLoadOptions(*command, *options);
  command->callback([options, &context] {
    context.run = [options, &context] { return RunBench(*options, context.global); };
  });
}

}  // namespace activation::cli
