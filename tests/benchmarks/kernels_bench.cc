// Every function in every direction, tier and dtype, on the best instruction set of
// the machine, on tensors of three sizes: in the first-level cache, in the second, and
// beyond the last, the latter on one thread and on all. measure.h explains the counters.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "src/backends/cpu/direct_blocks.h"
#include "tests/benchmarks/measure.h"
#include "tests/benchmarks/stream_copy.h"

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

int AllThreads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

// Copies as much as an evaluation reads and writes for bytes [begin, begin + bytes) of x.
void CopyStretch(const Evaluation& evaluation, size_t begin, size_t bytes) {
  const auto* x = static_cast<const std::byte*>(evaluation.x) + begin;
  const auto* dy = static_cast<const std::byte*>(evaluation.dy);
  auto* out = static_cast<std::byte*>(evaluation.out);
  if (Catalogue()[evaluation.function].kind != Kind::kGated) {
    return StreamCopy(x, dy == nullptr ? dy : dy + begin, out + begin, bytes);
  }
  // Its y and dy have half of x's size.
  const size_t half = bytes / 2;
  if (dy == nullptr) return StreamCopy(x, x + half, out + begin / 2, half);
  StreamCopy(x, dy + begin / 2, out + begin, half);
  StreamCopy(x + half, nullptr, out + begin + half, half);
}

Work CopyOf(const Evaluation& evaluation, const Size& size) {
  if (!size.all_threads) return [=] { CopyStretch(evaluation, 0, size.bytes); };
  return [=] {
    const auto threads = static_cast<size_t>(AllThreads());
    const size_t share = size.bytes / threads / 128 * 128;
    std::vector<std::thread> team;
    for (size_t i = 0; i < threads; ++i) {
      const size_t begin = i * share;
      const size_t bytes = i + 1 < threads ? share : size.bytes - begin;
      team.emplace_back(CopyStretch, evaluation, begin, bytes);
    }
    for (std::thread& thread : team) thread.join();
  };
}

void EvaluateTensor(benchmark::State& state, const Case& c) {
  Tensors& tensors = TensorsOf(c.dtype, c.size.bytes);
  const Evaluation evaluation = tensors.EvaluationOf(c.function, c.direction, c.tier);
  Measured measured;
  measured.work = WorkOf(evaluation, c.size.all_threads ? AllThreads() : 1);
  measured.copy = CopyOf(evaluation, c.size);
  measured.elements = tensors.count();
  measured.traffic = TrafficOf(evaluation);
  Measure(state, measured);
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
      for (FunctionId function = 0; function < Catalogue().size(); ++function) {
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
