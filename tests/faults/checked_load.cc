// activation-checked-load: calls through the C++ client, with its balancing, retries and
// hedging, each reply compared with the exact result, while something is done to the
// servers.
//
//   activation-checked-load --endpoint=TARGET [--threads=N] [--connections=N] [--mix=CASES]
//                           [--rate=CALLS/S] [--hedge-ms=N] [--budget=SHARE] [--deadline-ms=N]
//                           [--tls-ca=FILE]
//
// A line of JSON every 50 ms says how many calls were answered; SIGTERM or SIGINT ends it,
// and the last line says what became of all. Exit code 1 where a call failed or was wrong.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "activation/client.h"
#include "client/cli/bench/histogram.h"
#include "client/cli/bench/workload_case.h"
#include "client/cli/bench/workload_text.h"

namespace activation::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kMix[] =
    "gelu:f32:256*4,relu:bf16:1024*2,silu:f32:4096:gradient*2,softmax:f32:16x64,tanh:f64:20000";

// The options given, by name; an unknown one ends the program.
class Options {
 public:
  Options(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(argv[i], absl::MaxSplits('=', 1));
      if (values_.count(parts.first) == 0) {
        std::cerr << "activation-checked-load: unknown option " << argv[i] << "\n";
        exit(2);
      }
      values_[parts.first] = parts.second;
    }
  }

  const std::string& Text(const std::string& name) const { return values_.at(name); }
  double Number(const std::string& name) const {
    double value = 0;
    if (absl::SimpleAtod(Text(name), &value)) return value;
    std::cerr << "activation-checked-load: " << name << " must be a number\n";
    exit(2);
  }
  int Whole(const std::string& name) const { return static_cast<int>(Number(name)); }

 private:
  std::map<std::string, std::string> values_ = {{"--endpoint", "127.0.0.1:50051"},
                                                {"--threads", "8"},
                                                {"--connections", "2"},
                                                {"--mix", kMix},
                                                {"--rate", "0"},
                                                {"--hedge-ms", "0"},
                                                {"--budget", "0.2"},
                                                {"--deadline-ms", "20000"},
                                                {"--tls-ca", ""}};
};

client::ClientOptions ClientOptionsOf(const Options& options) {
  client::ClientOptions result;
  result.endpoint = options.Text("--endpoint");
  result.connections = options.Whole("--connections");
  result.deadline = milliseconds(options.Whole("--deadline-ms"));
  result.hedging.delay = milliseconds(options.Whole("--hedge-ms"));
  result.retry.budget = options.Number("--budget");
  result.tls.ca_file = options.Text("--tls-ca");
  result.tls.enabled = !result.tls.ca_file.empty();
  return result;
}

// What became of the calls. Thread-safe.
class Findings {
 public:
  void Answered(steady_clock::duration taken, bool right) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++answered_;
    if (!right) ++wrong_;
    latency_.Add(static_cast<uint64_t>(taken.count()));
  }
  void Failed(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (++failed_ == 1) first_error_ = status.ToString();
  }

  bool good() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return answered_ > 0 && failed_ == 0 && wrong_ == 0;
  }
  std::string Json() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::string error;
    for (const char c : first_error_) error += c == '"' || c == '\\' || c < ' ' ? '\'' : c;
    return absl::StrCat(
        "{\"answered\":", answered_, ",\"failed\":", failed_, ",\"wrong\":", wrong_,
        ",\"p99_ms\":", static_cast<double>(latency_.Percentile(99).value_or(0)) * 1e-6,
        ",\"max_ms\":", static_cast<double>(latency_.max()) * 1e-6, ",\"first_error\":\"", error,
        "\"}");
  }

 private:
  mutable std::mutex mutex_;
  uint64_t answered_ = 0;
  uint64_t failed_ = 0;
  uint64_t wrong_ = 0;
  Histogram latency_;
  std::string first_error_;
};

// One call; whether the result is right.
absl::StatusOr<bool> CallOnce(const client::Client& client, const WorkloadCase& a_case,
                              size_t variant, std::string* result) {
  const absl::string_view expected = a_case.expected(variant, 0);
  result->assign(expected.size(), '\x55');
  const client::ConstTensor x{.dtype = a_case.options().dtype,
                              .shape = a_case.options().shape,
                              .data = a_case.x(variant, 0).data()};
  absl::Status status;
  if (a_case.options().gradient) {
    const client::GradientItem item{.activation = a_case.options().activation,
                                    .x = x,
                                    .dy = a_case.dy(variant, 0).data(),
                                    .dx = result->data()};
    status = client.Gradient(absl::MakeConstSpan(&item, 1));
  } else {
    const client::ForwardItem item{
        .activation = a_case.options().activation, .x = x, .y = result->data()};
    status = client.Forward(absl::MakeConstSpan(&item, 1));
  }
  if (!status.ok()) return status;
  return expected == *result;
}

// The cases in turn, as often as their weights say.
std::vector<const WorkloadCase*> Schedule(const std::vector<WorkloadCase>& cases) {
  std::vector<const WorkloadCase*> schedule;
  for (const WorkloadCase& a_case : cases) {
    for (int i = 0; i < a_case.options().weight; ++i) schedule.push_back(&a_case);
  }
  return schedule;
}

void CallUntil(const std::atomic<bool>& stop, const client::Client& client,
               const std::vector<const WorkloadCase*>& schedule, size_t first,
               steady_clock::duration pause, Findings* findings) {
  std::string result;
  steady_clock::time_point due = steady_clock::now();
  for (size_t i = first; !stop; ++i) {
    const WorkloadCase& a_case = *schedule[i % schedule.size()];
    if (pause.count() > 0) std::this_thread::sleep_until(due += pause);
    const auto begin = steady_clock::now();
    const auto right = CallOnce(client, a_case, i % a_case.variants(), &result);
    if (right.ok()) {
      findings->Answered(steady_clock::now() - begin, *right);
    } else {
      findings->Failed(right.status());
    }
  }
}

int Main(const Options& options) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const auto mix = ParseMix(options.Text("--mix"), {});
  if (!mix.ok()) {
    std::cerr << "activation-checked-load: --mix: " << mix.status().message() << "\n";
    return 2;
  }
  std::vector<WorkloadCase> cases;
  for (const CaseOptions& one : *mix) {
    auto a_case = WorkloadCase::Make(one);
    if (!a_case.ok()) {
      std::cerr << "activation-checked-load: " << a_case.status().message() << "\n";
      return 2;
    }
    cases.push_back(*std::move(a_case));
  }
  const std::vector<const WorkloadCase*> schedule = Schedule(cases);
  const client::Client client(ClientOptionsOf(options));
  const int count = options.Whole("--threads");
  const double rate = options.Number("--rate");
  const auto pause = rate > 0 ? std::chrono::duration_cast<steady_clock::duration>(
                                    std::chrono::duration<double>(count / rate))
                              : steady_clock::duration::zero();
  Findings findings;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      CallUntil(stop, client, schedule, static_cast<size_t>(i) * 7, pause, &findings);
    });
  }
  const timespec tick{.tv_sec = 0, .tv_nsec = 50'000'000};
  while (sigtimedwait(&ends, nullptr, &tick) < 0) std::cout << findings.Json() << std::endl;
  stop = true;
  for (std::thread& thread : threads) thread.join();
  std::cout << findings.Json() << std::endl;
  return findings.good() ? 0 : 1;
}

}  // namespace
}  // namespace activation::cli

int main(int argc, char** argv) { return activation::cli::Main({argc, argv}); }
