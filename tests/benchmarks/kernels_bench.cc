// Every function in every direction, tier and dtype, on the best instruction set of
// the machine, on tensors of three sizes: in the first-level cache, in the second, and
// beyond the last, the latter on one thread and on all.
//
// The evaluation takes turns with a copy of the same traffic by non-temporal stores, so
// that what else the machine does meets both. Counters, each of the least time seen:
//   ns, cycles   an element (core_clock.h says how cycles are known)
//   GB/s         read and written
//   of_copy      the share of the copy's speed
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/benchmarks/core_clock.h"
#include "tests/benchmarks/stream_copy.h"
#include "tests/benchmarks/tensors.h"

namespace activation {
namespace {

struct Size {
  const char* name;
  size_t bytes;  // of each tensor; there are two or three
  bool all_threads;
};

constexpr Size kSizes[] = {
    {"L1", size_t{8} << 10, false},
    {"L2", size_t{64} << 10, false},
    {"DRAM", size_t{64} << 20, false},
    {"DRAM-all-threads", size_t{64} << 20, true},
};

struct Case {
  FunctionId function;
  Direction direction;
  Tier tier;
  DType dtype;
  Size size;
};

// Tensors for a case. Those of the case before are kept: most cases follow one like them.
Tensors& TensorsFor(const Case& c) {
  static std::unique_ptr<Tensors> tensors;
  const size_t count = c.size.bytes / SizeOf(c.dtype);
  if (tensors == nullptr || tensors->dtype() != c.dtype || tensors->count() != count) {
    tensors.reset();
    tensors = std::make_unique<Tensors>(c.dtype, count);
  }
  return *tensors;
}

using Work = std::function<void()>;

Work WorkOf(const Evaluation& evaluation, const Size& size) {
  if (!size.all_threads) {
    return [evaluation] { EvaluateStretch(BestKernels(), evaluation, 0, evaluation.count); };
  }
  static Backend& backend = *MakeCpuBackend(0).release();
  return [evaluation] {
    absl::Notification done;
    backend.Run(
        {evaluation}, [] { return absl::OkStatus(); }, [&](absl::Status) { done.Notify(); });
    done.WaitForNotification();
  };
}

Work CopyOf(const Evaluation& evaluation, const Size& size) {
  const auto* x = static_cast<const std::byte*>(evaluation.x);
  const auto* dy = static_cast<const std::byte*>(evaluation.dy);
  auto* out = static_cast<std::byte*>(evaluation.out);
  if (!size.all_threads) return [=] { StreamCopy(x, dy, out, size.bytes); };
  return [=] {
    const size_t threads = std::max(1U, std::thread::hardware_concurrency());
    const size_t share = size.bytes / threads / 64 * 64;
    std::vector<std::thread> team;
    for (size_t i = 0; i < threads; ++i) {
      const size_t begin = i * share;
      const size_t bytes = i + 1 < threads ? share : size.bytes - begin;
      team.emplace_back(StreamCopy, x + begin, dy == nullptr ? dy : dy + begin, out + begin, bytes);
    }
    for (std::thread& thread : team) thread.join();
  };
}

double SecondsOf(const Work& work, int64_t runs) {
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t run = 0; run < runs; ++run) work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void EvaluateTensor(benchmark::State& state, const Case& c) {
  Tensors& tensors = TensorsFor(c);
  const Evaluation evaluation = tensors.EvaluationOf(c.function, c.direction, c.tier);
  const Work work = WorkOf(evaluation, c.size);
  const Work copy = CopyOf(evaluation, c.size);
  // Long enough for the clock, short enough to fit between two interruptions.
  const auto runs = static_cast<int64_t>(std::max(1.0, 20e-6 / SecondsOf(work, 1)));
  double least = std::numeric_limits<double>::infinity();
  double least_copy = least;
  double clock = 0;
  while (state.KeepRunningBatch(runs)) {
    least_copy = std::min(least_copy, SecondsOf(copy, runs) / static_cast<double>(runs));
    // The copy has put the output out of the caches.
    work();
    const double seconds = SecondsOf(work, runs);
    state.SetIterationTime(seconds);
    least = std::min(least, seconds / static_cast<double>(runs));
    if (state.iterations() % 64 == 0) clock = std::max(clock, CyclesPerNanosecond());
  }
  clock = std::max(clock, CyclesPerNanosecond());
  const double ns = least * 1e9 / static_cast<double>(tensors.count());
  const double traffic = static_cast<double>(tensors.bytes()) * (evaluation.dy == nullptr ? 2 : 3);
  state.counters["ns"] = ns;
  state.counters["cycles"] = ns * clock;
  state.counters["GB/s"] = traffic / least * 1e-9;
  state.counters["of_copy"] = least_copy / least;
}

std::string NameOf(const Case& c) {
  std::string name = Catalogue()[c.function].name;
  for (const absl::string_view part :
       {Name(c.direction), Name(c.tier), Name(c.dtype), absl::string_view(c.size.name)}) {
    name.append("/").append(part.data(), part.size());
  }
  return name;
}

void Register() {
  for (const DType dtype : kAllDTypes) {
    for (const Size& size : kSizes) {
      for (FunctionId function = 0; function < ElementwiseFunctions().size(); ++function) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          for (const Tier tier : {Tier::kExact, Tier::kFast}) {
            const Case c{function, direction, tier, dtype, size};
            benchmark::RegisterBenchmark(NameOf(c).c_str(), EvaluateTensor, c)->UseManualTime();
          }
        }
      }
    }
  }
}

[[maybe_unused]] const bool registered = (Register(), true);

}  // namespace
}  // namespace activation
