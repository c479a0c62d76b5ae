// The clock of the core that the calling thread runs on.
#ifndef ACTIVATION_TESTS_BENCHMARKS_CORE_CLOCK_H_
#define ACTIVATION_TESTS_BENCHMARKS_CORE_CLOCK_H_

namespace activation {

// Cycles a nanosecond, now: the most of a few timings of a chain of additions that
// depend on each other, of which a core does one a cycle. Takes some tens of
// microseconds. The time-stamp counter would not do: it runs at a fixed rate.
double CyclesPerNanosecond();

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_CORE_CLOCK_H_
