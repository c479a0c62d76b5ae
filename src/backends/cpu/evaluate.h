// One stretch of a tensor through one function: from storage to compute type,
// the kernel, and back, block by block in the first-level cache.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_H_
#define ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_H_

#include <array>
#include <cstddef>

#include "src/backends/backend.h"
#include "src/backends/cpu/compensated_sum.h"
#include "src/backends/cpu/kernels.h"

namespace activation {

// Elements [begin, begin + count) of the evaluation's output. The result of an
// element depends on nothing but its own inputs. Thread-safe for disjoint
// stretches.
void EvaluateStretch(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                     size_t count);

using ParameterSums = std::array<CompensatedSum, kMaxParams>;

// What elements [begin, begin + count) add to the parameter gradients.
ParameterSums SumParameterTerms(const KernelSet& kernels, const Evaluation& evaluation,
                                size_t begin, size_t count);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_H_
