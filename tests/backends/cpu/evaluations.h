// Evaluations and their bytes, for tests of the CPU's backend.
#ifndef ACTIVATION_TESTS_BACKENDS_CPU_EVALUATIONS_H_
#define ACTIVATION_TESTS_BACKENDS_CPU_EVALUATIONS_H_

#include <cstddef>
#include <random>
#include <vector>

#include "src/backends/backend.h"

namespace activation {

// Random bytes are random numbers of any dtype, NaN and inf among them.
inline std::vector<std::byte> RandomBytes(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

// With default parameters and no bytes yet.
inline Evaluation Make(FunctionId function, Direction direction, DType dtype, size_t count) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(evaluation.function, {});
  evaluation.direction = direction;
  evaluation.dtype = dtype;
  evaluation.count = count;
  return evaluation;
}

}  // namespace activation

#endif  // ACTIVATION_TESTS_BACKENDS_CPU_EVALUATIONS_H_
