// One stretch of a tensor through one function: from storage to compute type,
// the kernel, and back, block by block in the first-level cache.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_H_
#define ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_H_

#include <array>
#include <cstddef>

#include "src/backends/backend.h"
#include "src/backends/compensated_sum.h"
#include "src/backends/cpu/kernels.h"

namespace activation {

// How many units of work an evaluation has, by its function's kind: elements; pairs
// of a gated function's halves; rows of a row-wise one; and of a per-channel one
// elements and, after them, weights whose gradient is asked for. No result depends
// on how units are grouped.
size_t UnitsOf(const Evaluation& evaluation);

// How many elements unit `index` is worth in time, at least one.
size_t ElementsOfUnit(const Evaluation& evaluation, size_t index);

// What all its units are worth.
size_t ElementsOf(const Evaluation& evaluation);

// How many units from `begin` on make a stretch of about `elements` elements; not
// more than there are, and all of one sort.
size_t UnitsOfStretch(const Evaluation& evaluation, size_t begin, size_t elements);

// How many bytes EvaluateStretch holds at a time beside the tensors; 0 where it is less than a
// MiB. Only rows can take more. The places of results that even two words leave in doubt are not
// counted.
size_t ScratchOfStretch(const Evaluation& evaluation);

// Units [begin, begin + count) of the evaluation, all of one sort. Thread-safe for
// disjoint stretches.
void EvaluateStretch(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                     size_t count);

using ParameterSums = std::array<CompensatedSum, kMaxParams>;

// What elements [begin, begin + count) add to the parameter gradients of an
// elementwise function.
ParameterSums SumParameterTerms(const KernelSet& kernels, const Evaluation& evaluation,
                                size_t begin, size_t count);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_H_
