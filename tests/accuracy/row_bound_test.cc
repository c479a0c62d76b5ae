// The grade Quick of row-wise functions against the slow lane's, on the scalar host, with sums that
// are wide.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "src/functions/ops_scalar.h"
#include "src/functions/row_error_bound.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation::accuracy {
namespace {

using scalar::Pair;
using N = scalar::Number<double>;

struct Row {
  std::vector<double> x;
  std::vector<double> dy;
};

N RoundedTo(N, Pair<N> sum) { return {sum.high.v + sum.low.v}; }
Pair<N> RoundedTo(Pair<N>, Pair<N> sum) { return sum; }

// A row as a grade has it, but that sums are in two words in either.
template <class F, template <class> class Grade>
class RowOf {
  using G = Grade<N>;
  using Value = scalar::ValueOf<G>;

 public:
  explicit RowOf(const Row& row) : row_(row) {
    for (size_t i = 1; i < row.x.size(); ++i) {
      if (Taken(i) > Taken(top_)) top_ = i;
    }
    Pair<N> rest = {N{0}, N{0}};
    Pair<N> terms = {N{0}, N{0}};
    double sizes = 0;
    const N top_dy = {row.dy[top_]};
    for (size_t i = 0; i < row.x.size(); ++i) {
      exps_.push_back(scalar::RowExp<G>(Below(i)));
      if (i == top_) continue;
      const Value term = F::template Term<G>(exps_[i], N{row.dy[i]}, top_dy);
      rest = rest + scalar::Exactly<Pair<N>>(scalar::High(Exp(i))) + scalar::Low(Exp(i));
      terms = terms + scalar::Exactly<Pair<N>>(scalar::High(term)) + scalar::Low(term);
      sizes += std::fabs(scalar::High(term).v);
    }
    sums_ =
        scalar::SumsOf<G>(RoundedTo(Value(), rest), RoundedTo(Value(), terms), N{sizes}, top_dy);
  }

  Value Forward(size_t i) const { return F::template Forward<G>(Below(i), exps_[i], sums_); }
  Value Gradient(size_t i) const {
    return scalar::GradientOfElement<F, G>(i == top_, exps_[i], N{row_.dy[i]}, sums_);
  }
  // Of what a gradient adds up.
  double Size(size_t i) const {
    if constexpr (F::kTopIsSpecial) {
      if (i == top_) return F::template TopSize<G>(sums_).v;
    }
    return F::template Size<G>(exps_[i], N{row_.dy[i]}, sums_).v;
  }

 private:
  double Taken(size_t i) const { return F::kOfMinusX ? -row_.x[i] : row_.x[i]; }
  Pair<N> Below(size_t i) const { return scalar::Below(N{Taken(i)}, N{Taken(top_)}); }
  Value Exp(size_t i) const { return scalar::InFull<G>(exps_[i]); }

  const Row& row_;
  size_t top_ = 0;
  std::vector<scalar::Scaled<G>> exps_;
  scalar::RowSums<G> sums_;
};

template <class A, class B>
double Difference(A a, B b) {
  return std::fabs((scalar::High(a).v - scalar::High(b).v) + (scalar::Low(a).v - scalar::Low(b).v));
}

// Of floats, from such that differ little to such of which one has all of the sum.
Row RandomRow(std::mt19937_64& random) {
  constexpr size_t kLengths[] = {1, 2, 3, 8, 64, 300};
  constexpr double kDeviations[] = {1e-4, 0.1, 1, 5, 30};
  std::normal_distribution<double> usual(0, 1);
  const double deviation = kDeviations[random() % std::size(kDeviations)];
  Row row;
  for (size_t i = kLengths[random() % std::size(kLengths)]; i > 0; --i) {
    row.x.push_back(static_cast<float>(deviation * usual(random)));
    row.dy.push_back(static_cast<float>(usual(random)));
  }
  return row;
}

struct Greatest {
  double forward = 0;   // relative to the result
  double gradient = 0;  // relative to Size()
};

template <class F>
Greatest GreatestErrors() {
  std::mt19937_64 random(11);
  Greatest greatest;
  for (int rows = 0; rows < 4000; ++rows) {
    const Row row = RandomRow(random);
    const RowOf<F, scalar::Quick> quick(row);
    const RowOf<F, scalar::Certain> certain(row);
    for (size_t i = 0; i < row.x.size(); ++i) {
      const double result = std::fabs(scalar::High(certain.Forward(i)).v);
      // Less is zero as a float.
      if (result > 0x1p-151) {
        const double error = Difference(quick.Forward(i), certain.Forward(i));
        greatest.forward = std::fmax(greatest.forward, error / result);
      }
      const double size = quick.Size(i);
      if (size > 0x1p-151) {
        const double error = Difference(quick.Gradient(i), certain.Gradient(i));
        greatest.gradient = std::fmax(greatest.gradient, error / size);
      }
    }
  }
  return greatest;
}

template <class F>
void ExpectWithinBounds() {
  const Greatest greatest = GreatestErrors<F>();
  // A bound in units of the last place is half as much just below a power of two.
  constexpr double kForward = kRowErrorUnits<F> * 0x1p-53;
  constexpr double kRoom = 1 / 1.25;
  EXPECT_GT(greatest.forward, 0);
  EXPECT_GT(greatest.gradient, 0);
  EXPECT_LT(greatest.forward, kForward * kRoom);
  EXPECT_LT(greatest.gradient, kRowGradientError * kRoom);
  std::printf("%-12s forward %.3f of the bound, gradient %.3f\n", F::kInfo.name,
              greatest.forward / kForward, greatest.gradient / kRowGradientError);
}

TEST(RowBoundTest, SoftmaxStaysWithinIt) { ExpectWithinBounds<scalar::Softmax>(); }
TEST(RowBoundTest, SoftminStaysWithinIt) { ExpectWithinBounds<scalar::Softmin>(); }
TEST(RowBoundTest, LogSoftmaxStaysWithinIt) { ExpectWithinBounds<scalar::LogSoftmax>(); }

}  // namespace
}  // namespace activation::accuracy
