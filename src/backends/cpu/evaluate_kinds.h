// Stretches of the kinds of functions that are not elementwise; in the terms of
// evaluate.h, which calls these.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_KINDS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_KINDS_H_

#include <cstddef>

#include "src/backends/backend.h"
#include "src/backends/cpu/kernels.h"

namespace activation {

// Elements [begin, begin + count) of a per-channel function's output.
void EvaluateChannels(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                      size_t count);

// Its gradient by weights [begin, begin + count).
void SumWeightTerms(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                    size_t count);

// Rows [begin, begin + count) of a row-wise function. Rows are numbered by what is
// outside of the axis and then by what is inside.
void EvaluateRows(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                  size_t count);

// How many bytes EvaluateRows holds at a time beside the tensors, where rows are long.
size_t ScratchOfRows(const Evaluation& evaluation);

// Elements [begin, begin + count) of a gated function's y, or dx for those of both
// halves.
void EvaluateGated(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                   size_t count);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_EVALUATE_KINDS_H_
