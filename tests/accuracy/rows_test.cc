// The softmax family, by its definition.
#include <cmath>

#include "gtest/gtest.h"
#include "tests/accuracy/kind_case.h"

namespace activation::accuracy {
namespace {

BigFloat Exp(const BigFloat& x) { return BigFloat::Apply(mpfr_exp, x); }

class RowsTest : public ::testing::TestWithParam<std::string> {
 protected:
  bool IsLog() const { return GetParam() == "log_softmax"; }
  double Sign() const { return GetParam() == "softmin" ? -1 : 1; }

  std::vector<BigFloat> Softmax(const KindCase& of, const std::vector<size_t>& row) const {
    std::vector<BigFloat> e;
    BigFloat sum;
    for (const size_t i : row) {
      e.push_back(Exp(BigFloat(Sign() * of.x[i])));
      sum = sum + e.back();
    }
    for (BigFloat& value : e) value = value / sum;
    return e;
  }

  void CheckForward(const KindCase& of, const std::vector<size_t>& row, const Elements& out) const {
    const std::vector<BigFloat> y = Softmax(of, row);
    for (size_t i = 0; i < row.size(); ++i) {
      ExpectRight(of, row[i], out[row[i]], IsLog() ? BigFloat::Apply(mpfr_log, y[i]) : y[i]);
    }
  }

  void CheckGradient(const KindCase& of, const std::vector<size_t>& row,
                     const Elements& out) const {
    const std::vector<BigFloat> y = Softmax(of, row);
    // Softmax takes no notice of what all dy have in common, and where that is all
    // there is the sum is exactly zero.
    const BigFloat common(IsLog() ? 0.0 : of.DyAt(row[0]));
    BigFloat sum;
    for (size_t i = 0; i < row.size(); ++i) {
      const BigFloat dy = BigFloat(of.DyAt(row[i])) - common;
      sum = sum + (IsLog() ? dy : y[i] * dy);
    }
    for (size_t i = 0; i < row.size(); ++i) {
      const BigFloat dy = BigFloat(of.DyAt(row[i])) - common;
      const BigFloat dx = IsLog() ? dy - y[i] * sum : y[i] * (dy - sum) * BigFloat(Sign());
      ExpectRight(of, row[i], out[row[i]], dx);
    }
  }

  void Check(const KindCase& of, const Layout& layout) const {
    const Elements out = Evaluate(of);
    for (size_t first = 0; first < layout.outer * layout.inner; ++first) {
      std::vector<size_t> row;
      for (size_t i = 0; i < layout.extent; ++i) {
        row.push_back((first / layout.inner * layout.extent + i) * layout.inner +
                      first % layout.inner);
      }
      if (of.direction == Direction::kForward) {
        CheckForward(of, row, out);
      } else {
        CheckGradient(of, row, out);
      }
    }
  }

  KindCase Case(DType dtype, Direction direction, const Layout& layout, Draw draw,
                std::mt19937_64& random) const {
    const size_t count = layout.outer * layout.extent * layout.inner;
    KindCase of;
    of.function = GetParam();
    of.shape = {static_cast<int64_t>(layout.outer), static_cast<int64_t>(layout.extent),
                static_cast<int64_t>(layout.inner)};
    of.axis = 1;
    of.dtype = dtype;
    of.direction = direction;
    of.x = Elements(
        dtype, Numbers(draw == Draw::kAnyExponent ? Draw::kPlain : draw, dtype, count, random));
    if (draw != Draw::kPlain) of.dy = Elements(dtype, Numbers(draw, dtype, count, random));
    return of;
  }
};

TEST_P(RowsTest, AreRight) {
  std::mt19937_64 random(3);
  for (const DType dtype : kAllDTypes) {
    for (const Layout layout :
         {Layout{9, 1, 1}, Layout{9, 2, 1}, Layout{5, 37, 1}, Layout{2, 10, 21}, Layout{1, 1100, 1},
          Layout{1, 5000, 1}, Layout{1, 700, 2}}) {
      for (const Draw draw : kAllDraws) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          // A row's sums of any exponents in f64 lose more than a double's bits.
          const bool any = draw == Draw::kAnyExponent;
          if (any && direction == Direction::kGradient && dtype == DType::kF64) continue;
          KindCase of = Case(dtype, direction, layout, draw, random);
          Check(of, layout);
          of.tier = Tier::kFast;
          if (direction == Direction::kForward) Check(of, layout);
        }
      }
    }
  }
}

// One element far above the rest: of the others' tiny shares, and of what they leave
// of the greatest's logarithm, every bit is right.
TEST_P(RowsTest, AreRightWhereOneElementIsNearlyAll) {
  std::mt19937_64 random(4);
  for (const DType dtype : kAllDTypes) {
    for (const double above : {15.0, 40.0, 80.0, 95.0, 120.0}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        const Layout layout = {1, 30, 1};
        KindCase of = Case(dtype, direction, layout, Draw::kPlain, random);
        std::vector<double> x;
        for (size_t i = 0; i < 30; ++i) x.push_back(of.x[i] + (i == 11 ? Sign() * above : 0));
        of.x = Elements(dtype, x);
        of.dy = Elements(dtype, Numbers(Draw::kPlain, dtype, 30, random));
        Check(of, layout);
      }
    }
  }
}

TEST_P(RowsTest, GradientOfEqualDyIsZeroOrTheWholeSum) {
  for (const DType dtype : kAllDTypes) {
    KindCase of;
    of.function = GetParam();
    of.shape = {3};
    of.dtype = dtype;
    of.direction = Direction::kGradient;
    of.x = Elements(dtype, {1, 2, 5});
    of.dy = Elements(dtype, {3, 3, 3});
    const Elements dx = Evaluate(of);
    for (size_t i = 0; i < 3 && !IsLog(); ++i) EXPECT_EQ(dx[i], 0);
  }
}

TEST_P(RowsTest, InfinitiesAndNan) {
  const double inf = kInfinity;
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      KindCase of;
      of.function = GetParam();
      of.shape = {4};
      of.dtype = dtype;
      of.tier = tier;
      const auto evaluate = [&](std::vector<double> x) {
        for (double& value : x) value *= Sign();
        of.x = Elements(dtype, x);
        const Elements y = Evaluate(of);
        return std::vector<double>{y[0], y[1], y[2], y[3]};
      };
      // What has no share, and what has all.
      const double none = IsLog() ? -inf : 0;
      const double all = IsLog() ? 0 : 1;
      EXPECT_EQ(evaluate({-inf, 0, -inf, -inf}), (std::vector<double>{none, all, none, none}));
      EXPECT_EQ(evaluate({-inf, 0, inf, 1}), (std::vector<double>{none, none, all, none}));
      for (const std::vector<double>& x :
           {std::vector<double>{-inf, -inf, -inf, -inf}, std::vector<double>{inf, 0, inf, 0},
            std::vector<double>{0, 0, std::nan(""), 0}}) {
        for (const double y : evaluate(x)) EXPECT_TRUE(std::isnan(y));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, RowsTest,
                         ::testing::Values("softmax", "log_softmax", "softmin"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace activation::accuracy
