// What the statistics of an elementwise evaluation cost: x spread over [-3, 3), as pre-activations
// lie, and over [-8, 8), where some functions decay so far that a sum needs many words; in turns
// with the same evaluation without them, in one thread, on tensors in the first-level cache and
// beyond the last.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/backends/cpu/statistics.h"
#include "tests/benchmarks/tensors.h"
#include "tests/benchmarks/work.h"

namespace activation {
namespace {

struct StatisticsCase {
  const char* function;
  Direction direction;
  DType dtype;
  int reach;  // of x, either way
  const char* size;
  size_t bytes;  // of each tensor
};

float Widened(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

template <class T>
void Scale(double factor, std::byte* x, size_t count) {
  T* const numbers = reinterpret_cast<T*>(x);
  for (size_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<T, uint16_t>) {
      const auto scaled = static_cast<float>(factor * static_cast<double>(Widened(numbers[i])));
      numbers[i] = static_cast<uint16_t>(std::bit_cast<uint32_t>(scaled) >> 16);
    } else {
      numbers[i] = static_cast<T>(factor * static_cast<double>(numbers[i]));
    }
  }
}

// x of Tensors is spread over [-8, 8).
Tensors TensorsWithin(const StatisticsCase& c) {
  Tensors tensors(c.dtype, c.bytes / SizeOf(c.dtype));
  const double factor = c.reach / 8.0;
  if (c.dtype == DType::kF32) Scale<float>(factor, tensors.x(), tensors.count());
  if (c.dtype == DType::kF64) Scale<double>(factor, tensors.x(), tensors.count());
  if (c.dtype == DType::kBF16) Scale<uint16_t>(factor, tensors.x(), tensors.count());
  return tensors;
}

// Counters, each of the least times seen:
//   ns        an element, without statistics
//   ns_with   with them
//   ratio     of the second to the first
void WithStatistics(benchmark::State& state, const StatisticsCase& c) {
  Tensors tensors = TensorsWithin(c);
  const Evaluation evaluation =
      tensors.EvaluationOf(*FindFunction(c.function), c.direction, Tier::kExact);
  const Work without = WorkOf(evaluation, 1);
  TensorStatistics result;
  const Work with = [&evaluation, &result] {
    StatisticsSums sums;
    EvaluateWithStatistics(BestKernels(), evaluation, 0, evaluation.count, &sums);
    result = sums.Total();
  };
  const int64_t runs = RunsAtOnce(with);
  double least = std::numeric_limits<double>::infinity(), least_with = least;
  while (state.KeepRunningBatch(runs)) {
    least = std::min(least, SecondsOf(without, runs));
    const double seconds = SecondsOf(with, runs);
    state.SetIterationTime(seconds);
    least_with = std::min(least_with, seconds);
  }
  benchmark::DoNotOptimize(result);
  const double elements = static_cast<double>(runs) * static_cast<double>(tensors.count());
  state.counters["ns"] = least * 1e9 / elements;
  state.counters["ns_with"] = least_with * 1e9 / elements;
  state.counters["ratio"] = least_with / least;
}

void RegisterStatistics() {
  for (const auto& [size, bytes] : {std::pair{"L1", size_t{8} << 10}, {"DRAM", size_t{64} << 20}}) {
    for (const char* const function : {"relu", "gelu", "tanh"}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        for (const DType dtype : {DType::kF32, DType::kBF16, DType::kF64}) {
          for (const int reach : {3, 8}) {
            const StatisticsCase c{function, direction, dtype, reach, size, bytes};
            const std::string name = absl::StrCat("statistics/", function, "/", Name(direction),
                                                  "/", Name(dtype), "/within", reach, "/", size);
            benchmark::RegisterBenchmark(name.c_str(), WithStatistics, c)->UseManualTime();
          }
        }
      }
    }
  }
}

[[maybe_unused]] const bool statistics_registered = (RegisterStatistics(), true);

}  // namespace
}  // namespace activation
