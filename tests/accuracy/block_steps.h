// Recorded steps carried out for a block of inputs at a time, on vectors of
// double-doubles, by the best instruction set of the machine.
#ifndef ACTIVATION_TESTS_ACCURACY_BLOCK_STEPS_H_
#define ACTIVATION_TESTS_ACCURACY_BLOCK_STEPS_H_

#include <array>
#include <cstddef>
#include <vector>

#include "tests/accuracy/recorded.h"

namespace activation::accuracy {

// So many that all of a formula's blocks stay in the second-level cache and what
// a step costs beside its work is nothing. A multiple of every vector's lanes.
inline constexpr size_t kBlockLanes = 256;

struct alignas(64) DoubleDoubles {
  std::array<double, kBlockLanes> hi;
  std::array<double, kBlockLanes> lo;
};

// A step with the blocks that hold its operands and result.
struct BlockStep {
  Op op;
  std::array<size_t, 4> operands;
  size_t result;
};

void RunSteps(const std::vector<BlockStep>& steps, std::vector<DoubleDoubles>& blocks);

// product = a * dy, lane by lane; 0 where dy is, whatever the other: a derivative
// beyond every number is still a number.
void Multiply(const DoubleDoubles& a, const double* dy, DoubleDoubles& product);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BLOCK_STEPS_H_
