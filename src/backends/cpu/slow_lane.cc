#include "src/backends/cpu/slow_lane.h"

#include <array>
#include <limits>

#include "src/backends/half.h"
#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation {
namespace {

using N = scalar::Number<double>;
using Grade = scalar::Certain<N>;

struct Formulas {
  double (*forward)(double x, const Params& params);
  double (*gradient)(double x, double dy, const Params& params);
};

template <class Value>
double OddOf(Value y) {
  return RoundToOdd(scalar::High(y).v, scalar::Low(y).v);
}

template <class F>
double Forward(double x, const Params& params) {
  return OddOf(F::template Forward<Grade>(N{x}, params));
}

template <class F>
double Gradient(double x, double dy, const Params& params) {
  return OddOf(F::template Gradient<Grade>(N{x}, N{dy}, params));
}

template <class... Functions>
constexpr std::array<Formulas, sizeof...(Functions)> FormulasOf(TypeList<Functions...>) {
  return {Formulas{Forward<Functions>, Gradient<Functions>}...};
}

constexpr auto kFormulas = FormulasOf(scalar::ElementwiseFunctions());

struct GateFormulas {
  double (*gate)(double w, double b);
  double (*slope)(double w, double a, double b);
};

template <class F>
double Gate(double w, double b) {
  return OddOf(F::template Gate<Grade>(N{w}, N{b}));
}

template <class F>
double Slope(double w, double a, double b) {
  return OddOf(scalar::OfProduct<scalar::BySlope<F>, Grade>(N{w}, N{a}, N{b}));
}

template <class... Functions>
constexpr std::array<GateFormulas, sizeof...(Functions)> GatesOf(TypeList<Functions...>) {
  return {GateFormulas{Gate<Functions>, Slope<Functions>}...};
}

constexpr auto kGates = GatesOf(scalar::GatedFunctions());

}  // namespace

double EvaluateSlowly(FunctionId function, Direction direction, const Params& params, double x,
                      double dy) {
  const Formulas& formulas = kFormulas[function];
  const double y = direction == Direction::kForward ? formulas.forward(x, params)
                                                    : formulas.gradient(x, dy, params);
  // The one quiet NaN that kernels give, too.
  return x == x && y == y ? y : std::numeric_limits<double>::quiet_NaN();
}

double EvaluateGateSlowly(size_t place, double w, const float* a, double b) {
  const GateFormulas& formulas = kGates[place];
  return a == nullptr ? formulas.gate(w, b) : formulas.slope(w, static_cast<double>(*a), b);
}

}  // namespace activation
