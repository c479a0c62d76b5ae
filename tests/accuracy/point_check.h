// Results of an elementwise function at chosen points, on every instruction set and
// in both tiers, each held against arbitrary precision: slow, and in doubt of nothing.
#ifndef ACTIVATION_TESTS_ACCURACY_POINT_CHECK_H_
#define ACTIVATION_TESTS_ACCURACY_POINT_CHECK_H_

#include <cstdint>
#include <vector>

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/element.h"

namespace activation::accuracy {

struct Points {
  FunctionId function = 0;
  Params params;
  DType dtype = DType::kF32;
  Direction direction = Direction::kForward;
  // Bits of finite numbers of the dtype.
  std::vector<uint64_t> x;
  std::vector<uint64_t> dy;  // none: ones
};

// The number of those bits.
double ValueOf(DType dtype, uint64_t bits);

// The number nearest to `place` and `on_each_side` numbers below and above, but for
// zero, which is special.
std::vector<uint64_t> Neighbours(DType dtype, double place, int on_each_side);

// Expects of EXACT the nearest number, or in f64 one within a unit in the last place;
// of FAST its bounds; of both the sign of the true value, of results that are zero too.
// A wrong kernel gives a line or two for all points together.
void ExpectRight(const Points& points);

// EXACT's results, on the best instruction set.
std::vector<double> ExactResults(const Points& points);

// How many of the true values are negative.
size_t CountNegative(const Points& points);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_POINT_CHECK_H_
