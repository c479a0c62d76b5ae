#include "tests/benchmarks/core_clock.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace activation {
namespace {

constexpr int kTimings = 5;
constexpr int kAdditions = 20000;

}  // namespace

double CyclesPerNanosecond() {
  using Clock = std::chrono::steady_clock;
  double most = 0;
  for (int timing = 0; timing < kTimings; ++timing) {
    uint64_t sum = 0;
    uint64_t term = 1;
    const Clock::time_point begin = Clock::now();
#pragma GCC unroll 100
    for (int i = 0; i < kAdditions; ++i) {
      sum += term;
      // The compiler must not know what either is, or it would multiply.
      asm volatile("" : "+r"(sum), "+r"(term));
    }
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    most = std::max(most, kAdditions / took.count());
  }
  return most;
}

}  // namespace activation
