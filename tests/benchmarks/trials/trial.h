// A loop or formula that was tried, as a kernel of floats.
#ifndef ACTIVATION_TESTS_BENCHMARKS_TRIALS_TRIAL_H_
#define ACTIVATION_TESTS_BENCHMARKS_TRIALS_TRIAL_H_

#include <cstddef>
#include <string>
#include <vector>

namespace activation {

// `n` is a multiple of 16384, `out` aligned to a cache line.
using TrialKernel = void (*)(const float* x, const float* dy, float* out, size_t n);

struct Trial {
  std::string name;  // "loop/streamed/relu"
  // Either is nullptr where that was not tried.
  TrialKernel forward;
  TrialKernel gradient;
};

std::vector<Trial> LoopTrials();
std::vector<Trial> FormulaTrials();

}  // namespace activation

#endif  // ACTIVATION_TESTS_BENCHMARKS_TRIALS_TRIAL_H_
