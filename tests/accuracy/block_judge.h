// Errors in units of the last place for a block of results, by the best instruction
// set of the machine.
#ifndef ACTIVATION_TESTS_ACCURACY_BLOCK_JUDGE_H_
#define ACTIVATION_TESTS_ACCURACY_BLOCK_JUDGE_H_

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "tests/accuracy/block_steps.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {

// Within 2^-20 of half a unit either way the quick reference leaves it to
// arbitrary precision to say what is nearest.
inline constexpr double kDoubt = 0x1p-20;

// An error from here on, or NaN, is looked at one by one.
inline constexpr double kCertainlyFinite = 0x1p60;

inline bool IsInDoubt(double ulp) {
  return !(std::fabs(ulp - 0.5) >= kDoubt && ulp < kCertainlyFinite);
}

struct BlockErrors {
  // By lane; 0 where result and truth are no numbers or both overflow the same
  // way, NaN or infinite where only one is.
  alignas(64) std::array<double, kBlockLanes> ulp;
  // Of the lanes that are neither in doubt nor infinite nor NaN:
  double greatest = 0;
  uint64_t misrounds = 0;
  // Whether there are others.
  bool any_in_doubt = false;
};

// Errors of `count` results of a type of at most 32 bits, of kBlockLanes that can
// be read. An infinite result is judged as by UlpError.
void MeasureErrors(const Format& format, const double* results, const DoubleDoubles& truth,
                   size_t count, BlockErrors& errors);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BLOCK_JUDGE_H_
