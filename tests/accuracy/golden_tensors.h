// Fixed tensors for golden_hashes.h, where a sweep of single numbers is not what is
// wanted: functions that are not elementwise, special values, sums.
#ifndef ACTIVATION_TESTS_ACCURACY_GOLDEN_TENSORS_H_
#define ACTIVATION_TESTS_ACCURACY_GOLDEN_TENSORS_H_

#include <cstdint>

#include "src/backends/backend.h"
#include "src/backends/cpu/kernels.h"

namespace activation::accuracy {

// The hash of results, and of gradients by weights, of a function that is not
// elementwise, along an axis whose elements are neighbours and one whose are not. An
// evaluation here has neither tensors nor a layout.
uint64_t HashOfTensors(const KernelSet& kernels, const Evaluation& evaluation);

// The same with zeros, infinities and NaN among the numbers; of elementwise functions too.
uint64_t HashOfSpecials(const KernelSet& kernels, const Evaluation& evaluation);

// Of an elementwise function's gradients by its parameters, special values among the
// numbers or not.
uint64_t HashOfParameterGradients(const KernelSet& kernels, const Evaluation& evaluation);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_GOLDEN_TENSORS_H_
