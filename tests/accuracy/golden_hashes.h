// Hashes of all output bits of fixed inputs of every function: a change of any bit,
// wanted or not, shows as a change of golden_hashes.json. They need no reference, and of
// Abseil nothing but headers, so that they can be had of any machine.
#ifndef ACTIVATION_TESTS_ACCURACY_GOLDEN_HASHES_H_
#define ACTIVATION_TESTS_ACCURACY_GOLDEN_HASHES_H_

#include <nlohmann/json.hpp>

#include "src/backends/cpu/kernels.h"
#include "src/functions/catalogue.h"

namespace activation::accuracy {

// By "dtype tier direction", gradients with a random dy: of an elementwise function those
// that activation-prove prints for the same sweep. FAST is EXACT but for f32, and stands only
// there. Also by "dtype special" of special
// values in both tiers and directions, and by "dtype parameters" of the gradients by
// parameters.
nlohmann::json GoldenHashes(const KernelSet& kernels, FunctionId function);

// Of every function by name, as golden_hashes.json holds them.
nlohmann::json AllGoldenHashes(const KernelSet& kernels);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_GOLDEN_HASHES_H_
