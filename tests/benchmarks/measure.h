// A benchmark of Google's that times work in turns with a copy of the same traffic.
#ifndef ACTIVATION_TESTS_BENCHMARKS_MEASURE_H_
#define ACTIVATION_TESTS_BENCHMARKS_MEASURE_H_

#include <benchmark/benchmark.h>

#include <cstddef>

#include "tests/benchmarks/tensors.h"
#include "tests/benchmarks/work.h"

namespace activation {

struct Measured {
  Work work;
  Work copy;
  size_t elements = 0;
  size_t traffic = 0;  // bytes read and written by each call of either
};

// Runs the benchmark and sets its counters, each of the least time seen:
//   ns, cycles   an element (core_clock.h says how cycles are known)
//   GB/s         read and written
//   of_copy      the share of the copy's speed
void Measure(benchmark::State& state, const Measured& measured);

// Tensors for a benchmark. Those of the one before are kept: most benchmarks follow one
// like them.
Tensors& TensorsOf(DType dtype, size_t bytes);

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_MEASURE_H_
