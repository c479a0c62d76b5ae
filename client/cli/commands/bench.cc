#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "activation/client.h"
#include "client/cli/bench/baseline.h"
#include "client/cli/bench/echo_process.h"
#include "client/cli/bench/gate.h"
#include "client/cli/bench/judgement.h"
#include "client/cli/bench/report.h"
#include "client/cli/bench/runner.h"
#include "client/cli/bench/shared_tensors.h"
#include "client/cli/commands/bench_options.h"
#include "client/cli/commands/commands.h"
#include "client/cli/exit_codes.h"
#include "client/cli/file_io.h"
#include "client/cli/interrupt.h"
#include "client/cli/message.h"
#include "client/cli/tensor_input.h"
#include "client/cli/terminal.h"

namespace activation::cli {
namespace {

constexpr auto kMemcpyTime = std::chrono::milliseconds(200);

void ShowProgress(const Progress& progress) {
  const double seconds = std::chrono::duration<double>(progress.elapsed).count();
  const double all = std::chrono::duration<double>(progress.phases.end()).count();
  ShowProgressLine(absl::StrFormat(
      "%s %.1f of %.1f s: %.0f calls/s, %d answered, %d failed, %d wrong",
      progress.elapsed < progress.phases.warm_up ? "warm-up" : "measuring", seconds, all,
      progress.calls_per_second, progress.answered, progress.failed, progress.wrong));
}

// Everything a run needs, made step by step.
class Bench {
 public:
  Bench(const BenchOptions& options, const GlobalOptions& global)
      : options_(options), global_(global), client_options_(global.ForClient()) {}

  // The exit code.
  int Run() {
    const absl::Status read = ReadInput();
    if (!read.ok()) return FailInput(read);
    const absl::Status understood = Understand();
    if (!understood.ok()) return FailUsage(std::string(understood.message()));
    const absl::Status prepared = Prepare();
    if (!prepared.ok()) return FailService(prepared, global_.ForClient());
    // A report that cannot be written is better known before it has taken its time.
    const absl::Status writable = CheckOutputs();
    if (!writable.ok()) return FailInput(writable);
    // So is an echo that cannot be started.
    const absl::Status started = StartEcho();
    if (!started.ok()) return FailInput(started);
    Describe();
    interrupted_ = &StopOnInterrupt();
    report_.outcome = Conduct(report_.experiment, [this](const Load& load) {
      return RunOn(client_options_, *calls_, load);
    });
    if (echo_ != nullptr && !report_.outcome.stopped()) MeasureBaseline();
    const absl::Status written = Write();
    const int verdict = Judge();
    if (written.ok()) return verdict;
    const int unwritten = FailInput(written);
    // No fault of a file hides wrong replies.
    return verdict == kExitWrongNumbers ? verdict : unwritten;
  }

 private:
  absl::Status ReadInput() {
    if (options_.input.empty()) return absl::OkStatus();
    auto input = ReadTensor(options_.input, {});
    if (!input.ok()) return input.status();
    input_ = std::move(input->tensor);
    return absl::OkStatus();
  }

  absl::Status Understand() {
    report_.protocol = ProtocolOf(options_);
    auto experiment = ExperimentOf(options_, global_.connections);
    if (!experiment.ok()) return experiment.status();
    report_.experiment = *std::move(experiment);
    auto cases = CasesOf(options_, std::move(input_));
    if (!cases.ok()) return cases.status();
    cases_ = *std::move(cases);
    return absl::OkStatus();
  }

  // What the engine or the server refuses ends it here.
  absl::Status Prepare() {
    // Tensors that no message carries have the limit of a load test alone.
    CallLimit limit;
    if (!options_.shared_memory) {
      limit = {static_cast<uint64_t>(client_options_.max_message_bytes),
               "the client's max_message_bytes"};
    }
    auto workload = Workload::Make(cases_, limit);
    if (!workload.ok()) return workload.status();
    workload_ = std::make_unique<Workload>(*std::move(workload));
    for (const WorkloadCase& one : workload_->cases()) {
      absl::Status carried = CheckCarries(report_.protocol, one);
      if (!carried.ok()) return carried;
    }
    if (options_.shared_memory) {
      auto shared = SharedTensors::Create(
          client_options_, report_.protocol.api, *workload_,
          {.places = static_cast<size_t>(report_.experiment.most_concurrency()),
           .prefix = options_.shared_memory_prefix});
      if (!shared.ok()) return shared.status();
      shared_ = *std::move(shared);
    }
    const Expect expect = options_.to_echo ? Expect::kEcho : Expect::kResult;
    calls_ = std::make_unique<PreparedCalls>(report_.protocol, *workload_, expect, shared_.get());
    if (!report_.protocol.stream) return TryOnce(client_options_, *calls_);
    // A stream has no deadline, so whether anybody is there is asked by a call that has.
    const Protocol unary{.api = report_.protocol.api};
    return TryOnce(client_options_, PreparedCalls(unary, *workload_, expect, shared_.get()));
  }

  void Describe() {
    report_.address = global_.address;
    report_.machine = ThisMachine();
    report_.connections = global_.connections;
    report_.expect = options_.to_echo ? Expect::kEcho : Expect::kResult;
    report_.shared_memory = options_.shared_memory;
    for (const WorkloadCase& one : workload_->cases()) {
      report_.cases.push_back(
          {one.options(), one.request_bytes(), ReplyBytes(report_.expect, one)});
    }
    if (options_.to_echo) return;
    auto info = client::Client(client_options_).GetServerInfo();
    if (info.ok()) report_.server = *std::move(info);
  }

  RunResult RunOn(const client::ClientOptions& client, const PreparedCalls& calls,
                  const Load& load) const {
    RunHooks hooks{.stop = interrupted_};
    const bool animate = IsTerminal(Stream::kError);
    if (animate) hooks.on_progress = ShowProgress;
    RunResult result = RunLoad(client, calls, load, hooks);
    if (animate) ShowProgressLine("");
    return result;
  }

  absl::Status StartEcho() {
    if (!options_.baseline) return absl::OkStatus();
    auto echo = EchoProcess::Start("/proc/self/exe");
    if (!echo.ok()) return echo.status();
    echo_ = *std::move(echo);
    return absl::OkStatus();
  }

  void MeasureBaseline() {
    client::ClientOptions to_echo = client_options_;
    to_echo.endpoint = echo_->target();
    // A process of our own, on loopback.
    to_echo.tls = {};
    to_echo.token_file.clear();
    const PreparedCalls calls(report_.protocol, *workload_, Expect::kEcho, shared_.get());
    const Load load = BaselineLoad(report_.experiment, report_.outcome);
    Baseline baseline{.echo = RunOn(to_echo, calls, load)};
    baseline.faults = FaultsOfEcho(baseline.echo, load);
    // Shares of what was hardly measured would say nothing, and whoever stopped it knows why.
    if (baseline.echo.stopped) {
      report_.outcome.notes.emplace_back("the measurement of the bare echo was stopped");
      return;
    }
    size_t bytes = 0;
    for (const WorkloadCase& one : workload_->cases()) bytes = std::max(bytes, one.request_bytes());
    baseline.memcpy_bytes_per_second = MemcpyBytesPerSecond(bytes, kMemcpyTime);
    report_.baseline = std::move(baseline);
  }

  absl::Status CheckOutputs() const {
    absl::Status status;
    for (const std::string& path : options_.outputs) status.Update(CheckWritable(path));
    return status;
  }

  // Whatever cannot be written, all else is: stdout first, where beside files the text is shown.
  absl::Status Write() const {
    const auto& outputs = options_.outputs;
    const bool json = global_.json || std::count(outputs.begin(), outputs.end(), "-") > 0;
    absl::Status status = WriteWhole("-", json ? ReportJson(report_) : ReportText(report_));
    for (const std::string& path : outputs) {
      if (path != "-") status.Update(WriteWhole(path, ReportFor(path, report_)));
    }
    return status;
  }

  int Judge() const {
    if (report_.wrong() > 0) {
      Say(absl::StrFormat("error: %d replies were wrong", report_.wrong()));
      if (report_.expect == Expect::kEcho) {
        Say(
            absl::StrFormat("--to-echo wants each request back: is there an `activation-client "
                            "echo` at %s?",
                            global_.address));
      }
      return kExitWrongNumbers;
    }
    if (report_.baseline && report_.baseline->echo.wrong > 0) {
      Say(absl::StrFormat("error: %d replies of the echo were not what was sent",
                          report_.baseline->echo.wrong));
      return kExitWrongNumbers;
    }
    const RunResult& result = report_.result();
    // Some refused calls are a result; none answered is a failure.
    absl::Status none = result.first_error;
    none.Update(result.outlasting_error);
    if (result.answered() == 0 && (!none.ok() || interrupted_->load())) {
      none.Update(absl::CancelledError("stopped before a call was measured"));
      return FailService(none, global_.ForClient());
    }
    const auto failures = GateFailures(report_, ParsedThresholds(options_.fail_if));
    for (const std::string& failure : failures) Say(absl::StrFormat("error: %s", failure));
    return failures.empty() ? kExitOk : kExitThreshold;
  }

  const BenchOptions& options_;
  const GlobalOptions& global_;
  const client::ClientOptions client_options_;
  std::optional<Tensor> input_;
  std::vector<CaseOptions> cases_;
  std::unique_ptr<Workload> workload_;
  std::unique_ptr<SharedTensors> shared_;
  std::unique_ptr<PreparedCalls> calls_;
  std::unique_ptr<EchoProcess> echo_;  // with --baseline
  const std::atomic<bool>* interrupted_ = nullptr;
  Report report_;
};

}  // namespace

void AddBench(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "bench", "Measure throughput and latency; every reply is checked bit for bit");
  command->footer(
      "  activation-client bench\n"
      "  activation-client bench --rate=5000 --arrivals=poisson --output=report.html\n"
      "  activation-client bench --sweep=1,2,4,8,16,32,64 --output=sweep.html\n"
      "  activation-client bench --find-rate --slo='p99<2ms' --duration=30s\n"
      "  activation-client bench --mix='gelu:1024*3,softmax:bf16:64x128:gradient' --stream\n"
      "  activation-client bench --elements=1048576 --concurrency=2 --shared-memory\n"
      "  activation-client bench --until-confident=2% --fail-if='p99>2ms' --output=report.json");
  auto options = std::make_shared<BenchOptions>();
  AddBenchOptions(*command, *options);
  command->callback([options, &context] {
    context.run = [options, &context] {
      // Where Abseil was built with its search for deadlocks, gRPC's locks would
      // cost more than the calls.
      absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
      return Bench(*options, context.global).Run();
    };
  });
}

}  // namespace activation::cli
