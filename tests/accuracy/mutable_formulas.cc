// Built with a coefficients.h of its own (mutable_coefficients.py), in a namespace of its own.
#define ACT_FN inline
#define ACT_HOST_NAMESPACE mutable_formulas
#define ACT_BEFORE_NAMESPACE()
#define ACT_AFTER_NAMESPACE()
#define ACT_CONSTANT static
#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
#include "tests/accuracy/mutable_formulas.h"

namespace activation::accuracy {
namespace {

namespace host = activation::mutable_formulas;
using Float = host::Number<float>;
using Double = host::Number<double>;

template <class Value>
FormulaResult WordsOf(Value value) {
  return {static_cast<double>(host::High(value).v), static_cast<double>(host::Low(value).v)};
}

template <class F, class G, class N>
FormulaResult InGrade(Direction direction, N x, const Params& params) {
  if (direction == Direction::kForward) {
    if constexpr (!host::kIsFast<G> || host::kHasFastForward<F>) {
      return WordsOf(F::template Forward<G>(x, params));
    }
  } else {
    if constexpr (!host::kIsFast<G> || host::kHasFastGradient<F>) {
      return WordsOf(F::template Gradient<G>(x, N::Of(1), params));
    }
  }
  return {};
}

template <class F>
FormulaResult Evaluate(Grade grade, Direction direction, double x, const Params& params) {
  switch (grade) {
    case Grade::kFast:
      return InGrade<F, host::Fast<Float>>(direction, Float::Of(x), params);
    case Grade::kQuick:
      return InGrade<F, host::Quick<Double>>(direction, Double{x}, params);
    case Grade::kCareful:
      return InGrade<F, host::Careful<Double>>(direction, Double{x}, params);
    case Grade::kCertain:
      break;
  }
  return InGrade<F, host::Certain<Double>>(direction, Double{x}, params);
}

using Formula = FormulaResult (*)(Grade, Direction, double, const Params&);

template <class... Functions>
constexpr std::array<Formula, sizeof...(Functions)> FormulasOf(TypeList<Functions...>) {
  return {Evaluate<Functions>...};
}

template <class F, class G, class N>
FormulaResult GateInGrade(GateResult which, N b) {
  const N one = N::Of(1);
  if (which == GateResult::kForward) return WordsOf(F::template Gate<G>(one, b));
  const auto gradients = host::GradientsOf<F, G>(one, one, b);
  return WordsOf(which == GateResult::kByA ? gradients.by_a : gradients.by_b);
}

template <class F>
FormulaResult Gate(Grade grade, GateResult which, double b) {
  if (grade == Grade::kQuick) return GateInGrade<F, host::Quick<Double>>(which, Double{b});
  if (grade == Grade::kCareful) return GateInGrade<F, host::Careful<Double>>(which, Double{b});
  return GateInGrade<F, host::Certain<Double>>(which, Double{b});
}

using GateFormula = FormulaResult (*)(Grade, GateResult, double);

template <class... Functions>
constexpr std::array<GateFormula, sizeof...(Functions)> GatesOf(TypeList<Functions...>) {
  return {Gate<Functions>...};
}

void Alter(double original, double relative, double& coefficient) {
  coefficient = original * (1 + relative);
}

// What is less than the first word's last bit goes to the second.
void Alter(const RealConstant& original, double relative, RealConstant& coefficient) {
  coefficient = original;
  if (relative < 0x1p-50 && relative > -0x1p-50) {
    coefficient.low = original.low + original.high * relative;
  } else {
    Alter(original.high, relative, coefficient.high);
  }
}

template <class T, size_t n>
T& CoefficientAt(T (&coefficients)[n], size_t index) {
  return coefficients[index];
}

template <class T, size_t n>
constexpr size_t CountOf(T (&)[n]) {
  return n;
}

// Rows of centre, first term and so on.
template <class Table>
auto& CoefficientAt(Table& table, size_t index) {
  return table.segments.rows[index][1];
}

template <class Table>
constexpr size_t CountOf(Table&) {
  return 32;
}

void Alter(float original, double relative, float& coefficient) {
  coefficient = static_cast<float>(original * (1 + relative));
}

template <auto& kCoefficients>
void Set(size_t index, double relative) {
  using Coefficient = std::remove_reference_t<decltype(CoefficientAt(kCoefficients, 0))>;
  static const std::vector<Coefficient> originals = [] {
    std::vector<Coefficient> all;
    for (size_t i = 0; i < CountOf(kCoefficients); ++i)
      all.push_back(CoefficientAt(kCoefficients, i));
    return all;
  }();
  Coefficient& coefficient = CoefficientAt(kCoefficients, index);
  if (relative == 0) {
    coefficient = originals[index];
  } else {
    Alter(originals[index], relative, coefficient);
  }
}

}  // namespace

FormulaResult EvaluateFormula(FunctionId function, Grade grade, Direction direction, double x,
                              const Params& params) {
  static constexpr auto kFormulas = FormulasOf(host::ElementwiseFunctions());
  return kFormulas[function](grade, direction, x, params);
}

FormulaResult EvaluateGate(size_t place, Grade grade, GateResult which, double b) {
  static constexpr auto kGates = GatesOf(host::GatedFunctions());
  return kGates[place](grade, which, b);
}

std::vector<MutableCoefficients> AllCoefficients() {
#define ACT_ENTRY(name) {#name, CountOf(name), Set<name>},
  return {ACT_COEFFICIENTS(ACT_ENTRY)};
#undef ACT_ENTRY
}

}  // namespace activation::accuracy
