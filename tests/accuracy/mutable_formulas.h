// Every elementwise function in every grade, and gates, on the scalar host, with polynomials and
// tables that can be altered while the program runs. Not thread-safe.
#ifndef ACTIVATION_TESTS_ACCURACY_MUTABLE_FORMULAS_H_
#define ACTIVATION_TESTS_ACCURACY_MUTABLE_FORMULAS_H_

#include <cstddef>
#include <vector>

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation::accuracy {

enum class Grade { kFast, kQuick, kCareful, kCertain };
inline constexpr Grade kAllGrades[] = {Grade::kFast, Grade::kQuick, Grade::kCareful,
                                       Grade::kCertain};

// f(x) or f'(x) as the formula has it: high + low.
struct FormulaResult {
  double high;
  double low;
};

// Zero where the FAST tier has none of its own.
FormulaResult EvaluateFormula(FunctionId function, Grade grade, Direction direction, double x,
                              const Params& params);

// What a gated function gives for a = dy = 1: g(b) forward and, by the gradients' formula, by a,
// and g'(b).
enum class GateResult { kForward, kByA, kByB };
inline constexpr GateResult kGateResults[] = {GateResult::kForward, GateResult::kByA,
                                              GateResult::kByB};

// That of a gated function, by its place among them, in a grade that is not FAST.
FormulaResult EvaluateGate(size_t place, Grade grade, GateResult which, double b);

// One polynomial, or one table: of segments the first term of each.
struct MutableCoefficients {
  const char* name;
  size_t count;
  // Makes coefficient `index` (1 + relative) times what it is in coefficients.h.
  void (*set)(size_t index, double relative);
};

std::vector<MutableCoefficients> AllCoefficients();

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_MUTABLE_FORMULAS_H_
