// Work to be timed, and how it is timed: in turns, the least of many times, so that what
// else the machine does meets all alike and counts for none.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WORK_H_
#define ACTIVATION_TESTS_BENCHMARKS_WORK_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "src/backends/backend.h"

namespace activation {

// Does the same again at each call.
using Work = std::function<void()>;

// Our kernels: an evaluation in the calling thread, or by the CPU backend with so many
// threads. The tensors must outlive what is returned.
Work WorkOf(const Evaluation& evaluation, int threads);

// Seconds that `runs` calls take together.
double SecondsOf(const Work& work, int64_t runs);

// How many calls are enough for the clock but fit between two interruptions.
int64_t RunsAtOnce(const Work& work);

// Waits until threads that look out for more work have gone to sleep.
void LetThreadsSleep();

// The least seconds of a call of each contender over so many rounds of turns; each is
// called once before it is timed. With several threads, contenders wait for the threads
// of the one before to sleep.
std::vector<double> Race(const std::vector<Work>& contenders, int rounds, int threads);

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_WORK_H_
