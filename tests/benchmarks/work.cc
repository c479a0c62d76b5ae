#include "tests/benchmarks/work.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <thread>

#include "absl/synchronization/notification.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cpu/evaluate.h"

namespace activation {
namespace {

// The backend of so many threads, made when it is first wanted.
Backend& BackendOf(int threads) {
  static auto& backends = *new std::map<int, std::unique_ptr<Backend>>();
  std::unique_ptr<Backend>& backend = backends[threads];
  if (backend == nullptr) backend = MakeCpuBackend(threads);
  return *backend;
}

}  // namespace

Work WorkOf(const Evaluation& evaluation, int threads) {
  if (threads == 1) {
    return [evaluation, units = UnitsOf(evaluation)] {
      EvaluateStretch(BestKernels(), evaluation, 0, units);
    };
  }
  return [evaluation, &backend = BackendOf(threads)] {
    absl::Notification done;
    backend.Run(
        {evaluation}, [] { return absl::OkStatus(); }, [&](const absl::Status&) { done.Notify(); });
    done.WaitForNotification();
  };
}

double SecondsOf(const Work& work, int64_t runs) {
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t run = 0; run < runs; ++run) work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int64_t RunsAtOnce(const Work& work) {
  constexpr double kSeconds = 20e-6;
  work();
  return static_cast<int64_t>(std::max(1.0, kSeconds / SecondsOf(work, 1)));
}

void LetThreadsSleep() {
  // OpenMP's look out for some milliseconds.
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

std::vector<double> Race(const std::vector<Work>& contenders, int rounds, int threads) {
  std::vector<double> least(contenders.size(), std::numeric_limits<double>::infinity());
  std::vector<int64_t> runs;
  for (const Work& work : contenders) runs.push_back(RunsAtOnce(work));
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      if (threads > 1) LetThreadsSleep();
      contenders[i]();
      const double seconds = SecondsOf(contenders[i], runs[i]);
      least[i] = std::min(least[i], seconds / static_cast<double>(runs[i]));
    }
  }
  return least;
}

}  // namespace activation
