// activation-wire-load: sends prepared bytes to one server, with so many calls in flight,
// and prints what came of it as a line of JSON: calls and bytes of tensors a second,
// latencies, and the processor time of the server for a call.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "tests/benchmarks/wire/process_use.h"
#include "tests/benchmarks/wire/worker.h"

namespace activation::wire_benchmark {
namespace {

struct Options {
  WorkerOptions worker;  // of all threads together
  std::string transport = "unary";
  std::string api = "forward";
  std::string tier = "fast";
  std::vector<size_t> bytes = {1024};
  int items = 1;
  int threads = 1;
  double seconds = 1;
  double warm_up = 0.2;
  int server_pid = 0;
  int64_t calls = 0;
  int64_t samples = 100;
};

Options ParseOptions(int argc, char** argv) {
  Options options;
  WorkerOptions& worker = options.worker;
  CLI::App app("Sends prepared requests.");
  app.add_option("--address", worker.address, "the server")->required();
  app.add_option("--transport", options.transport, "how calls travel")
      ->capture_default_str()
      ->check(CLI::IsMember({"unary", "stream", "tcp"}));
  app.add_option("--api", options.api, "whose requests")
      ->capture_default_str()
      ->check(CLI::IsMember({"forward", "infer"}));
  app.add_option("--tier", options.tier, "fast or exact")->capture_default_str();
  app.add_option("--bytes", options.bytes, "of each tensor; several take turns")->delimiter(',');
  app.add_option("--items", options.items, "tensors in a request")->capture_default_str();
  app.add_option("--in-flight", worker.in_flight, "calls in flight")->capture_default_str();
  app.add_option("--connections", worker.connections, "connections")->capture_default_str();
  app.add_option("--threads", options.threads, "threads that send")->capture_default_str();
  app.add_option("--argument", worker.arguments, "channel arguments, name=number");
  app.add_option("--seconds", options.seconds, "how long to measure")->capture_default_str();
  app.add_option("--warm-up", options.warm_up, "seconds before that")->capture_default_str();
  app.add_option("--server-pid", options.server_pid, "whose processor time and memory to read");
  app.add_option("--calls", options.calls, "make so many calls and print memory on the way");
  app.add_option("--samples", options.samples, "how often, with --calls")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

const char* MethodOf(const Options& options) {
  if (options.api == "infer") return "/inference.GRPCInferenceService/ModelInfer";
  if (options.transport == "stream") return "/activation.v1.ActivationService/Stream";
  return "/activation.v1.ActivationService/Forward";
}

Request RequestOf(const Options& options, size_t bytes) {
  if (options.api == "infer") return InferRequest(bytes, options.tier);
  if (options.transport == "stream") return StreamRequest(bytes, options.tier);
  return ForwardRequest(bytes, options.items, options.tier);
}

class Load {
 public:
  explicit Load(const Options& options) : options_(options) {
    worker_options_ = options.worker;
    worker_options_.method = MethodOf(options);
    for (const size_t bytes : options.bytes) requests_.push_back(RequestOf(options, bytes));
    const int threads = std::min(
        {options.threads, options.worker.in_flight, std::max(1, options.worker.connections)});
    for (int i = 0; i < threads; ++i) tallies_.emplace_back(requests_, &watch_);
  }

  // The exit code.
  int Run() {
    std::vector<std::thread> threads;
    if (options_.calls > 0) LimitCalls();
    for (size_t i = 0; i < tallies_.size(); ++i) {
      threads.emplace_back([this, i] { NewWorker(static_cast<int>(i))->Run(&tallies_[i]); });
    }
    if (options_.calls == 0) Measure();
    for (std::thread& thread : threads) thread.join();
    if (!watch_.failure().empty()) {
      std::fprintf(stderr, "activation-wire-load: %s\n", watch_.failure().c_str());
      return 1;
    }
    if (options_.calls == 0) Report();
    return 0;
  }

 private:
  std::unique_ptr<Worker> NewWorker(int thread) const {
    WorkerOptions options = worker_options_;
    const int threads = static_cast<int>(tallies_.size());
    options.in_flight = Share(options.in_flight, threads, thread);
    options.connections = std::max(1, Share(options.connections, threads, thread));
    if (options_.transport == "tcp") return NewTcpWorker(options);
    if (options_.transport == "stream") return NewStreamWorker(options);
    return NewUnaryWorker(options);
  }

  void LimitCalls() {
    watch_.Limit(
        options_.calls, std::max<int64_t>(1, options_.calls / options_.samples),
        [pid = options_.server_pid](int64_t calls) {
          const nlohmann::json sample = {{"calls", calls}, {"resident_bytes", ResidentBytes(pid)}};
          std::printf("%s\n", sample.dump().c_str());
        });
  }

  // Lets the threads run for the time that is to be measured.
  void Measure() {
    const auto wait = [](double seconds) {
      std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    };
    wait(options_.warm_up);
    const double cpu = CpuSeconds(options_.server_pid);
    const Clock::time_point start = Clock::now();
    watch_.Measure(true);
    wait(options_.seconds);
    watch_.Measure(false);
    seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
    server_cpu_ = CpuSeconds(options_.server_pid) - cpu;
    watch_.Stop();
  }

  void Report() const {
    cli::Histogram latencies;
    uint64_t payload = 0;
    for (const Tally& tally : tallies_) {
      latencies.Merge(tally.latencies());
      payload += tally.payload();
    }
    const auto calls = static_cast<double>(latencies.count());
    const auto us = [&latencies](double percent) -> nlohmann::json {
      const auto ns = latencies.Percentile(percent);
      return ns.has_value() ? nlohmann::json(static_cast<double>(*ns) / 1e3) : nlohmann::json();
    };
    const nlohmann::ordered_json record = {
        {"calls", latencies.count()},
        {"calls_per_second", calls / seconds_},
        {"bytes_per_second", static_cast<double>(payload) / seconds_},
        {"p50_us", us(50)},
        {"p99_us", us(99)},
        {"mean_us", latencies.mean() / 1e3},
        {"server_cpu_us", server_cpu_ * 1e6 / std::max(calls, 1.0)}};
    std::printf("%s\n", record.dump().c_str());
  }

  const Options options_;
  WorkerOptions worker_options_;
  std::vector<Request> requests_;
  Watch watch_;
  std::vector<Tally> tallies_;
  double seconds_ = 0;
  double server_cpu_ = 0;
};

}  // namespace
}  // namespace activation::wire_benchmark

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const auto options = activation::wire_benchmark::ParseOptions(argc, argv);
  return activation::wire_benchmark::Load(options).Run();
}
