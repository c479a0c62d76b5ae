// activation-server, in a process of its own, against the kernel in this one: the same
// tensors in one SharedBuffer, the same number of threads, turn about. Prints the median of
// the ratios of each turn's two times, so that what else the machine does hits both alike; the
// least time of each; and the CPU time that a turn takes of whom, in which waiting for a core
// is not.
//
//   shared_memory_bench [--threads=N] [--mebibytes=64] [--turns=40] [--function=gelu]
//   [--tier=exact] [--json=1]
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "activation/shared_buffer.h"
#include "src/backends/cpu/cpu_backend.h"
#include "tests/integration/child_process.h"

namespace activation {
namespace {

std::map<std::string, std::string> arguments = {
    {"threads", std::to_string(std::thread::hardware_concurrency())},
    {"mebibytes", "64"},
    {"turns", "40"},
    {"function", "gelu"},
    {"tier", "exact"},
    {"json", "0"}};

int Number(const char* name) { return std::atoi(arguments[name].c_str()); }

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

void RunHere(Backend& backend, const Evaluation& evaluation) {
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  backend.Run(
      {&evaluation, 1}, [] { return absl::OkStatus(); },
      [&](const absl::Status&) {
        const std::lock_guard<std::mutex> lock(mutex);
        done = true;
        ended.notify_one();
      });
  std::unique_lock<std::mutex> lock(mutex);
  ended.wait(lock, [&] { return done; });
}

// The address in the line of the server's log that says it has started.
std::string AddressOf(ChildProcess& server) {
  for (std::string line; !(line = server.ReadLine()).empty();) {
    const size_t at = line.find("\"address\":\"");
    if (at == std::string::npos) continue;
    const size_t begin = at + sizeof("\"address\":\"") - 1;
    return line.substr(begin, line.find('"', begin) - begin);
  }
  Check(absl::UnavailableError("the server did not start"));
  return "";
}

absl::Duration CpuOf(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

struct Times {
  absl::Duration cpu = absl::ZeroDuration();  // of this process, all turns
  absl::Duration first = absl::ZeroDuration();
  absl::Duration least = absl::InfiniteDuration();

  // How long `work` took.
  template <class Work>
  absl::Duration Take(const Work& work) {
    const absl::Duration cpu_before = CpuOf(RUSAGE_SELF);
    const absl::Time begin = absl::Now();
    work();
    const absl::Duration time = absl::Now() - begin;
    cpu += CpuOf(RUSAGE_SELF) - cpu_before;
    if (first == absl::ZeroDuration()) first = time;
    least = std::min(least, time);
    return time;
  }
};

double Quantile(std::vector<double> values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

void Print(const char* name, const Times& times, double bytes) {
  std::printf("%-14s first %7.2f ms, least %7.2f ms, %5.2f GB/s of x\n", name,
              absl::ToDoubleMilliseconds(times.first), absl::ToDoubleMilliseconds(times.least),
              bytes / absl::ToDoubleSeconds(times.least) * 1e-9);
}

void Measure() {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--shared-memory=on",
                       "--threads=" + arguments["threads"]});
  const client::Client client({.endpoint = AddressOf(server)});
  const size_t bytes = static_cast<size_t>(Number("mebibytes")) << 20;
  const size_t count = bytes / sizeof(float);
  auto buffer = client::SharedBuffer::Create(client, 2 * bytes);
  Check(buffer.status());
  const absl::Span<float> x = buffer->as<float>().first(count);
  const absl::Span<float> y = buffer->as<float>().last(count);
  for (size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i * 2654435761 % 16000) * 1e-3F - 8;

  const bool fast = arguments["tier"] == "fast";
  const client::Activation activation{.function = arguments["function"],
                                      .tier = fast ? client::Tier::kFast : client::Tier::kExact};
  Evaluation evaluation;
  evaluation.function = *FindFunction(activation.function);
  evaluation.params = *ResolveParams(evaluation.function, {});
  evaluation.tier = fast ? Tier::kFast : Tier::kExact;
  evaluation.count = count;
  evaluation.x = x.data();
  evaluation.out = y.data();
  const auto backend = MakeCpuBackend(Number("threads"));

  const auto serve = [&] { Check(client.Forward(activation, x, y)); };
  const auto compute = [&] { RunHere(*backend, evaluation); };
  // Both once, so that every page is there.
  serve();
  compute();
  Times served, here;
  std::vector<double> ratios;
  for (int i = 0; i < Number("turns"); ++i) {
    const absl::Duration there = served.Take(serve);
    ratios.push_back(absl::FDivDuration(there, here.Take(compute)));
  }
  // Its whole life, of which the turns are by far the most.
  server.Signal(SIGTERM);
  server.Wait();
  const int turns = Number("turns");
  const double median = Quantile(ratios, 0.5);
  if (Number("json") != 0) {
    std::printf("{\"mebibytes\": %d, \"turns\": %d, \"ratio\": %.4f, \"quartiles\": [%.4f, %.4f], ",
                Number("mebibytes"), turns, median, Quantile(ratios, 0.25), Quantile(ratios, 0.75));
    std::printf("\"in_process_ms\": %.3f, \"server_cpu_ms\": %.3f}\n",
                absl::ToDoubleMilliseconds(here.least),
                absl::ToDoubleMilliseconds(CpuOf(RUSAGE_CHILDREN) / turns));
    return;
  }
  Print("shared memory", served, static_cast<double>(bytes));
  Print("in process", here, static_cast<double>(bytes));
  std::printf(
      "ratio of a turn's times: median of %d %.3f, quartiles %.3f and %.3f; of the least %.3f\n",
      turns, median, Quantile(ratios, 0.25), Quantile(ratios, 0.75),
      absl::FDivDuration(served.least, here.least));
  std::printf("CPU a turn: server %.2f ms, its client %.2f ms, in process %.2f ms\n",
              absl::ToDoubleMilliseconds(CpuOf(RUSAGE_CHILDREN) / turns),
              absl::ToDoubleMilliseconds(served.cpu / turns),
              absl::ToDoubleMilliseconds(here.cpu / turns));
}

}  // namespace
}  // namespace activation

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::pair<std::string, std::string> argument =
        absl::StrSplit(absl::StripPrefix(argv[i], "--"), absl::MaxSplits('=', 1));
    if (activation::arguments.count(argument.first) == 0) {
      std::fprintf(stderr, "unknown argument %s\n", argv[i]);
      return 2;
    }
    activation::arguments[argument.first] = argument.second;
  }
  activation::Measure();
}
