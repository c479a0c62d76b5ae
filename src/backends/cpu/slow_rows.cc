#include "src/backends/cpu/slow_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "src/backends/half.h"
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
  size_t top = 0;
  for (size_t i = 1; i < row.n(); ++i) {
    if (Taken<F>(row.x(top)) < Taken<F>(row.x(i))) top = i;
  }
  return top;
}

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
  return scalar::Below(N{Taken<F>(row.x(i))}, N{top});
}

template <class F>
scalar::RowSums<Grade> SumRow(const SlowRow& row, size_t top) {
  ExactSum rest;
  ExactSum terms;
  const N top_dy = {row.dy(top)};
  for (size_t i = 0; i < row.n(); ++i) {
    if (i == top) continue;
    const auto e = scalar::RowExp<Grade>(Below<F>(row, i, Taken<F>(row.x(top))));
    Add(scalar::InFull<Grade>(e), rest);
    Add(F::template Term<Grade>(e, N{row.dy(i)}, top_dy), terms);
  }
  return scalar::SumsOf<Grade>(Total(rest), Total(terms), N{0}, top_dy);
}

template <class F>
Value ResultAt(Direction direction, const SlowRow& row, size_t i, size_t top,
               const scalar::RowSums<Grade>& sums) {
  const Value t = Below<F>(row, i, Taken<F>(row.x(top)));
  const auto e = scalar::RowExp<Grade>(t);
  if (direction == Direction::kForward) return F::template Forward<Grade>(t, e, sums);
  const Value dx = scalar::GradientOfElement<F, Grade>(i == top, e, N{row.dy(i)}, sums);
  return F::kOfMinusX ? -dx : dx;
}

template <class F>
void Slowly(Direction direction, const SlowRow& row, absl::Span<const size_t> wanted,
            PutResult put) {
  const size_t top = TopOf<F>(row);
  const auto sums = SumRow<F>(row, top);
  for (const size_t i : wanted) {
    const Value y = ResultAt<F>(direction, row, i, top, sums);
    put(i, RoundToOdd(y.high.v, y.low.v));
  }
}

template <class F>
bool IsUsual(const SlowRow& row) {
  double top = -kInfinity;
  for (size_t i = 0; i < row.n(); ++i) {
    if (std::isnan(row.x(i))) return false;
    top = std::max(top, Taken<F>(row.x(i)));
  }
  return std::isfinite(top);
}

// The gradient of a row of usual x with dy that are not finite.
template <class F>
void OfUnusualDy(const SlowRow& row, PutResult put) {
  const auto has_share = [&row](size_t i) { return Taken<F>(row.x(i)) != -kInfinity; };
  scalar::InfiniteDys dys = {};
  bool has_nan = false;
  size_t shares = 0;
  for (size_t i = 0; i < row.n(); ++i) {
    const double dy = row.dy(i);
    has_nan |= std::isnan(dy);
    shares += has_share(i) ? 1 : 0;
    if (!std::isinf(dy)) continue;
    unsigned& count = dys.count[scalar::InfiniteDys::SignOf(dy)][has_share(i) ? 1 : 0];
    count = std::min(count + 1, 2U);
  }
  for (size_t i = 0; i < row.n(); ++i) {
    const scalar::Relation relation = {false, has_share(i), false, shares == 1};
    const double y =
        has_nan ? kNotANumber : scalar::GradientOfInfiniteDy<F>(dys, row.dy(i), relation);
    put(i, std::isnan(y) ? kNotANumber : y);
  }
}

template <class F>
void Unusual(Direction direction, const SlowRow& row, PutResult put) {
  if (direction == Direction::kGradient && IsUsual<F>(row)) return OfUnusualDy<F>(row, put);
  const auto is_top = [&row](size_t i) { return Taken<F>(row.x(i)) == kInfinity; };
  bool has_nan = false;
  size_t tops = 0;
  ExactSum sum;
  for (size_t i = 0; i < row.n(); ++i) {
    has_nan |= std::isnan(row.x(i));
    tops += is_top(i) ? 1 : 0;
    if (!is_top(i)) sum.Add(row.dy(i));
  }
  const bool has_limit = !has_nan && tops == 1;
  const ExactSum::Words total = sum.Total();
  const double others = row.is_of_doubles() ? total.high : RoundToOdd(total.high, total.low);
  for (size_t i = 0; i < row.n(); ++i) {
    double y = kNotANumber;
    if (has_limit && direction == Direction::kForward) y = F::Limit(is_top(i));
    if (has_limit && direction == Direction::kGradient) {
      y = Taken<F>(F::LimitGradient(is_top(i), row.dy(i), others));
    }
    // Hosts differ in the NaN they make.
    put(i, std::isnan(y) ? kNotANumber : y);
  }
}

struct RowFormulas {
  void (*slowly)(Direction direction, const SlowRow& row, absl::Span<const size_t> wanted,
                 PutResult put);
  bool (*is_usual)(const SlowRow& row);
  void (*unusual)(Direction direction, const SlowRow& row, PutResult put);
};

template <class... Functions>
constexpr std::array<RowFormulas, sizeof...(Functions)> RowFormulasOf(TypeList<Functions...>) {
  return {RowFormulas{Slowly<Functions>, IsUsual<Functions>, Unusual<Functions>}...};
}

constexpr auto kRowFormulas = RowFormulasOf(scalar::RowWiseFunctions());

}  // namespace

void EvaluateRowSlowly(size_t place, Direction direction, const SlowRow& row,
                       absl::Span<const size_t> wanted, PutResult put) {
  kRowFormulas[place].slowly(direction, row, wanted, put);
}

bool IsUsualRow(size_t place, const SlowRow& row) { return kRowFormulas[place].is_usual(row); }

void EvaluateUnusualRow(size_t place, Direction direction, const SlowRow& row, PutResult put) {
  kRowFormulas[place].unusual(direction, row, put);
}

}  // namespace activation
