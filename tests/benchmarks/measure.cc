#include "tests/benchmarks/measure.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "tests/benchmarks/core_clock.h"

namespace activation {

void Measure(benchmark::State& state, const Measured& measured) {
  const int64_t runs = RunsAtOnce(measured.work);
  double clock = CyclesPerNanosecond();
  double least = std::numeric_limits<double>::infinity();
  double least_copy = least;
  while (state.KeepRunningBatch(runs)) {
    least_copy = std::min(least_copy, SecondsOf(measured.copy, runs) / static_cast<double>(runs));
    // The copy has put the output out of the caches.
    measured.work();
    const double seconds = SecondsOf(measured.work, runs);
    state.SetIterationTime(seconds);
    least = std::min(least, seconds / static_cast<double>(runs));
  }
  clock = std::max(clock, CyclesPerNanosecond());
  const double ns = least * 1e9 / static_cast<double>(measured.elements);
  state.counters["ns"] = ns;
  state.counters["cycles"] = ns * clock;
  state.counters["GB/s"] = static_cast<double>(measured.traffic) / least * 1e-9;
  state.counters["of_copy"] = least_copy / least;
}

Tensors& TensorsOf(DType dtype, size_t bytes) {
  static std::unique_ptr<Tensors> tensors;
  const size_t count = bytes / SizeOf(dtype);
  if (tensors == nullptr || tensors->dtype() != dtype || tensors->count() != count) {
    tensors.reset();
    tensors = std::make_unique<Tensors>(dtype, count);
  }
  return *tensors;
}

}  // namespace activation
