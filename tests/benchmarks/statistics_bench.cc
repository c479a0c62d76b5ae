// What the statistics of an elementwise evaluation cost: in turns with the same evaluation without
// them, in one thread, on tensors in the second-level cache and beyond the last.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "src/backends/cpu/statistics.h"
#include "tests/benchmarks/measure.h"

namespace activation {
namespace {

struct StatisticsCase {
  const char* function;
  Direction direction;
  DType dtype;
  const char* size;
  size_t bytes;  // of each tensor
};

// Counters, each of the least times seen:
//   ns        an element, without statistics
//   ns_with   with them
//   ratio     of the second to the first
void WithStatistics(benchmark::State& state, const StatisticsCase& c) {
  Tensors& tensors = TensorsOf(c.dtype, c.bytes);
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
  for (const auto& [size, bytes] :
       {std::pair{"L2", size_t{64} << 10}, {"DRAM", size_t{64} << 20}}) {
    for (const char* const function : {"relu", "gelu", "tanh"}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        for (const DType dtype : {DType::kF32, DType::kBF16, DType::kF64}) {
          const StatisticsCase c{function, direction, dtype, size, bytes};
          std::string name = "statistics";
          for (const absl::string_view part : {absl::string_view(function), Name(direction),
                                               Name(dtype), absl::string_view(size)}) {
            name.append("/").append(part.data(), part.size());
          }
          benchmark::RegisterBenchmark(name.c_str(), WithStatistics, c)->UseManualTime();
        }
      }
    }
  }
}

[[maybe_unused]] const bool statistics_registered = (RegisterStatistics(), true);

}  // namespace
}  // namespace activation
