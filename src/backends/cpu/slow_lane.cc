#include "src/backends/cpu/slow_lane.h"

#include <array>
#include <limits>

#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation {
namespace {

using N = scalar::Number<double, scalar::Rounding::kToOdd>;

struct Formulas {
  N (*forward)(N x, const Params& params);
  N (*gradient)(N x, N dy, const Params& params);
};

template <class... Functions>
constexpr std::array<Formulas, sizeof...(Functions)> FormulasOf(TypeList<Functions...>) {
  return {Formulas{Functions::template Forward<N>, Functions::template Gradient<N>}...};
}

constexpr auto kFormulas = FormulasOf(scalar::AllFunctions());

}  // namespace

double EvaluateSlowly(FunctionId function, Direction direction, const Params& params, double x,
                      double dy) {
  const Formulas& formulas = kFormulas[function];
  const double y = direction == Direction::kForward ? formulas.forward({x}, params).v
                                                    : formulas.gradient({x}, {dy}, params).v;
  // The one quiet NaN that kernels give, too.
  return x == x && y == y ? y : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace activation
