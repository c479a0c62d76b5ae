#include "src/backends/cpu/slow_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "src/backends/cpu/slow_lane.h"
#include "src/base/exact_sum.h"
#include "src/functions/ops_scalar.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation {
namespace {

using N = scalar::Number<double>;
using Grade = scalar::Certain<N>;
using Value = scalar::Pair<N>;

template <class F>
double Taken(double x) {
  return F::kOfMinusX ? -x : x;
}

template <class F>
size_t TopOf(const SlowRow& row) {
  return static_cast<size_t>(
      std::max_element(row.x, row.x + row.n,
                       [](double a, double b) { return Taken<F>(a) < Taken<F>(b); }) -
      row.x);
}

double DyAt(const SlowRow& row, size_t i) { return row.dy == nullptr ? 1 : row.dy[i]; }

void Add(Value term, ExactSum& sum) {
  sum.Add(term.high.v);
  sum.Add(term.low.v);
}

Value Total(ExactSum& sum) {
  const ExactSum::Words words = sum.Total();
  return {N{words.high}, N{words.low}};
}

template <class F>
Value Below(const SlowRow& row, size_t i, double top) {
  return scalar::Below(N{Taken<F>(row.x[i])}, N{top});
}

template <class F>
scalar::RowSums<Grade> SumRow(const SlowRow& row, size_t top) {
  ExactSum rest;
  ExactSum terms;
  const N top_dy = {DyAt(row, top)};
  for (size_t i = 0; i < row.n; ++i) {
    if (i == top) continue;
    const auto e = scalar::RowExp<Grade>(Below<F>(row, i, Taken<F>(row.x[top])));
    Add(scalar::Term(e), rest);
    Add(F::template Term<Grade>(e, N{DyAt(row, i)}, top_dy), terms);
  }
  return scalar::SumsOf<Grade>(Total(rest), Total(terms), N{0}, top_dy);
}

template <class F>
Value ResultAt(Direction direction, const SlowRow& row, size_t i, size_t top,
               const scalar::RowSums<Grade>& sums) {
  const Value t = Below<F>(row, i, Taken<F>(row.x[top]));
  const auto e = scalar::RowExp<Grade>(t);
  if (direction == Direction::kForward) return F::template Forward<Grade>(t, e, sums);
  const Value dx = i == top && F::kTopIsSpecial
                       ? F::template TopGradient<Grade>(sums)
                       : F::template Gradient<Grade>(e, N{DyAt(row, i)}, sums);
  return F::kOfMinusX ? -dx : dx;
}

template <class F>
void Slowly(Direction direction, const SlowRow& row, const uint8_t* wanted, double* out) {
  const size_t top = TopOf<F>(row);
  const auto sums = SumRow<F>(row, top);
  for (size_t i = 0; i < row.n; ++i) {
    if (wanted[i] == 0) continue;
    const Value y = ResultAt<F>(direction, row, i, top, sums);
    out[i] = RoundToOdd(y.high.v, y.low.v);
  }
}

template <class F>
bool IsUsual(const SlowRow& row) {
  double top = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < row.n; ++i) {
    if (std::isnan(row.x[i])) return false;
    top = std::max(top, Taken<F>(row.x[i]));
  }
  return std::isfinite(top);
}

template <class F>
void Unusual(Direction direction, const SlowRow& row, double* out) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const auto is_top = [](double x) { return Taken<F>(x) == kInfinite; };
  const bool has_nan = std::any_of(row.x, row.x + row.n, [](double x) { return std::isnan(x); });
  if (has_nan || std::count_if(row.x, row.x + row.n, is_top) != 1) {
    std::fill(out, out + row.n, std::numeric_limits<double>::quiet_NaN());
    return;
  }
  ExactSum others;
  for (size_t i = 0; i < row.n; ++i) {
    if (!is_top(row.x[i])) others.Add(DyAt(row, i));
  }
  const double sum = others.Total().high;
  for (size_t i = 0; i < row.n; ++i) {
    const bool top = is_top(row.x[i]);
    const double y = direction == Direction::kForward
                         ? F::Limit(top)
                         : Taken<F>(F::LimitGradient(top, DyAt(row, i), sum));
    // Hosts differ in the NaN they make.
    out[i] = std::isnan(y) ? std::numeric_limits<double>::quiet_NaN() : y;
  }
}

struct Formulas {
  void (*slowly)(Direction direction, const SlowRow& row, const uint8_t* wanted, double* out);
  bool (*is_usual)(const SlowRow& row);
  void (*unusual)(Direction direction, const SlowRow& row, double* out);
};

template <class... Functions>
constexpr std::array<Formulas, sizeof...(Functions)> FormulasOf(TypeList<Functions...>) {
  return {Formulas{Slowly<Functions>, IsUsual<Functions>, Unusual<Functions>}...};
}

constexpr auto kFormulas = FormulasOf(scalar::RowWiseFunctions());

}  // namespace

void EvaluateRowSlowly(size_t place, Direction direction, const SlowRow& row, const uint8_t* wanted,
                       double* out) {
  kFormulas[place].slowly(direction, row, wanted, out);
}

bool IsUsualRow(size_t place, const SlowRow& row) { return kFormulas[place].is_usual(row); }

void EvaluateUnusualRow(size_t place, Direction direction, const SlowRow& row, double* out) {
  kFormulas[place].unusual(direction, row, out);
}

}  // namespace activation
