// What another process has used, from /proc.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_PROCESS_USE_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_PROCESS_USE_H_

#include <cstdint>

namespace activation::wire_benchmark {

// Processor seconds of all its threads so far, in ticks of the kernel (10 ms); 0 where
// there is no such process.
double CpuSeconds(int pid);

// Its memory that is resident.
int64_t ResidentBytes(int pid);

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_PROCESS_USE_H_
