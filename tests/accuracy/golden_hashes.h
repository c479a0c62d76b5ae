// The hash of all output bits of a fixed sweep of every function: a change of
// any bit, wanted or not, shows as a change of golden_hashes.json.
#ifndef ACTIVATION_TESTS_ACCURACY_GOLDEN_HASHES_H_
#define ACTIVATION_TESTS_ACCURACY_GOLDEN_HASHES_H_

#include <nlohmann/json.hpp>

#include "src/functions/catalogue.h"

namespace activation::accuracy {

// By "dtype tier direction"; gradients with a random dy.
nlohmann::json GoldenHashes(FunctionId function);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_GOLDEN_HASHES_H_
