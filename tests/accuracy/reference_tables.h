// What the elementary functions of elementary-inl.h look up: values at the points
// of a grid, computed by MPFR when first asked for. Immutable from then on.
#ifndef ACTIVATION_TESTS_ACCURACY_REFERENCE_TABLES_H_
#define ACTIVATION_TESTS_ACCURACY_REFERENCE_TABLES_H_

#include <cstddef>
#include <vector>

namespace activation::accuracy {

// A real number as the unevaluated sum of two doubles.
struct TwoDoubles {
  double hi = 0;
  double lo = 0;
};

// Elements high part first, then low, because vectors gather doubles.
using TableOfPairs = std::vector<TwoDoubles>;

inline constexpr size_t kExpSteps = 64;

struct ExpTable {
  TableOfPairs power;       // 2^(i / kExpSteps)
  double steps_over_ln2;    // kExpSteps / ln 2
  double step_high;         // ln 2 / kExpSteps, 32 bits of it,
  TwoDoubles step_low;      // and the rest
  TableOfPairs factorials;  // 1 / i!
};

inline constexpr size_t kLogSteps = 128;

// By the leading bits of the mantissa, counted from sqrt(1/2).
struct LogTable {
  std::vector<double> reciprocal;  // of the middle of the step, 12 bits; 1 around 1
  TableOfPairs log;                // -log of that reciprocal
  size_t step_of_one;
  TwoDoubles ln2;
};

inline constexpr size_t kErfStepsPerUnit = 256;
// Beyond this erfc is below 2^-700.
inline constexpr size_t kErfMost = 22;

// At c = i / kErfStepsPerUnit.
struct ErfTable {
  TableOfPairs erf;
  TableOfPairs erfc;
  TableOfPairs slope;  // 2 / sqrt(pi) e^(-c^2)
};

const ExpTable& TheExpTable();
const LogTable& TheLogTable();
const ErfTable& TheErfTable();

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_REFERENCE_TABLES_H_
