// The softmax family, by its definition.
#include "tests/accuracy/rows_test.h"

#include <cmath>

#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

TEST_P(RowsTest, AreRight) {
  std::mt19937_64 random(3);
  for (const DType dtype : kAllDTypes) {
    for (const Layout layout :
         {Layout{9, 1, 1}, Layout{9, 2, 1}, Layout{5, 37, 1}, Layout{2, 10, 21}, Layout{1, 1100, 1},
          Layout{1, 5000, 1}, Layout{1, 700, 2}}) {
      for (const Draw draw : kAllDraws) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          KindCase of = Case(dtype, direction, layout, draw, random);
          Check(of, layout);
          of.tier = Tier::kFast;
          Check(of, layout);
        }
      }
    }
  }
}

// Many small rows, whose results owe most to single roundings: a sum of exponentials as they were
// rounded would leave room for 2.6 ULP, exponentials rounded twice for 2.3.
TEST_P(RowsTest, FastIsRightForManySmallRows) {
  std::mt19937_64 random(9);
  for (const size_t n : {2, 3, 4, 7, 20}) {
    const Layout layout = {40000 / n, n, 1};
    KindCase of = Case(DType::kF32, Direction::kForward, layout, Draw::kPlain, random);
    of.tier = Tier::kFast;
    Check(of, layout);
  }
}

// Rows of equal numbers, whose exponentials are exact: gradients are zeros, ties and other
// quotients of whole numbers.
TEST_P(RowsTest, AreRightWhereExponentialsAreExact) {
  std::mt19937_64 random(5);
  std::uniform_int_distribution<int> whole(0, 1 << 27);
  for (const DType dtype : kAllDTypes) {
    for (const size_t n : {2, 3, 5, 6, 7, 9, 12}) {
      const Layout layout = {100, n, 1};
      for (const int most : {6, dtype == DType::kF16 ? 1 << 15 : 1 << 27}) {
        KindCase of = Case(dtype, Direction::kGradient, layout, Draw::kWhole, random);
        of.x = Elements(dtype, std::vector<double>(100 * n, 1.5));
        std::vector<double> dy;
        for (size_t i = 0; i < 100 * n; ++i) dy.push_back(whole(random) % most);
        of.dy = Elements(dtype, dy);
        Check(of, layout);
        of.dy = Elements();
        Check(of, layout);
      }
    }
  }
}

// Where FAST leaves floats, or would be wrong if it did not: tops far above the first element
// and far from zero, elements so far below the top that their exponentials are beneath the
// floats, and dy that are zeros, all alike, very large or very small.
TEST_P(RowsTest, FastIsRightWhereFloatsEnd) {
  constexpr size_t kLength = 70;
  std::mt19937_64 random(8);
  const auto row_of = [&](double first, double centre, double last) {
    std::vector<double> x = Numbers(Draw::kPlain, DType::kF32, kLength, random);
    for (double& value : x) value += centre;
    x.front() = first;
    x.back() = last;
    for (double& value : x) value *= Sign();
    return x;
  };
  std::vector<double> x;
  for (const double centre : {0.0, 100.0, -8100.0, 8180.0, 9000.0, -1e4}) {
    for (const double below : {0.0, 15.0, 30.0, 50.0, 125.0, 400.0}) {
      const std::vector<double> one = row_of(centre - below, centre, centre);
      const std::vector<double> other = row_of(centre, centre, centre - below);
      x.insert(x.end(), one.begin(), one.end());
      x.insert(x.end(), other.begin(), other.end());
    }
  }
  const size_t rows = x.size() / kLength;
  const Layout layout = {rows, kLength, 1};
  KindCase of;
  of.function = GetParam();
  of.shape = {static_cast<int64_t>(rows), static_cast<int64_t>(kLength)};
  of.axis = 1;
  of.tier = Tier::kFast;
  of.x = Elements(of.dtype, x);
  Check(of, layout);
  of.direction = Direction::kGradient;
  for (const double most : {0.0, 1e-44, 1e-30, 1.0, 1e5, 1e30}) {
    for (const double common : {0.0, 1.0, 1e4}) {
      std::vector<double> dy = Numbers(Draw::kPlain, of.dtype, x.size(), random);
      for (double& value : dy) value = common + most * value;
      for (size_t i = kLength - 1; i < dy.size(); i += kLength) dy[i] = 1e30;
      for (size_t i = 0; i < dy.size() / 2; ++i) dy[i] = dy[i] == 1e30 ? common : dy[i];
      of.dy = Elements(of.dtype, dy);
      Check(of, layout);
    }
  }
}

// (2 a - b) / 9 half way between two floats.
TEST_P(RowsTest, TiesAreRoundedToEven) {
  std::mt19937_64 random(6);
  std::uniform_int_distribution<int> whole(1 << 22, 1 << 24);
  const Layout layout = {500, 3, 1};
  KindCase of = Case(DType::kF32, Direction::kGradient, layout, Draw::kWhole, random);
  of.x = Elements(of.dtype, std::vector<double>(1500, 0.0));
  std::vector<double> dy;
  for (size_t i = 0; i < 500; ++i) {
    const double b = whole(random);
    // A quotient of 25 bits with the last one set, times nine.
    const double tie = 2.0 * whole(random) + (1 << 24) + 1;
    const double a = (9 * tie + b) / 2;
    dy.insert(dy.end(), {0, static_cast<double>(static_cast<float>(a)), b});
  }
  of.dy = Elements(of.dtype, dy);
  Check(of, layout);
}

// Exponentials below the normal doubles times dy that make up for it, and dy whose
// differences are beyond the greatest.
TEST_P(RowsTest, F64IsRightAtTheEndsOfItsRange) {
  const auto check = [this](std::vector<double> x, const std::vector<double>& dy) {
    for (double& value : x) value *= Sign();
    KindCase of;
    of.function = GetParam();
    of.shape = {1, static_cast<int64_t>(x.size()), 1};
    of.axis = 1;
    of.dtype = DType::kF64;
    of.x = Elements(of.dtype, x);
    const Layout layout = {1, x.size(), 1};
    Check(of, layout);
    of.direction = Direction::kGradient;
    of.dy = Elements(of.dtype, dy);
    Check(of, layout);
  };
  check({0, -735}, {0, 1e300});
  check({0, -800}, {0, 1e300});
  check({0, -800}, {1e300, 0});
  check({0, -740, -740.5, -741}, {1e-300, 1e200, -1e201, 3});
  check({0, 0}, {1.7e308, -1.7e308});
  check({0, 0, 0, 0}, {1.7e308, 1.7e308, 1.7e308, 1.7e308});
  check({0, -1}, {1.7e308, 1e308});
  std::vector<double> far(1001, -740.5);
  far[0] = 0;
  check(far, std::vector<double>(1001, 1.0));
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

// Sums of dy that are nothing, or nearly, or of numbers so far apart that a double does not hold
// them.
TEST_P(RowsTest, AreRightWhereDyCancel) {
  std::mt19937_64 random(11);
  for (const size_t n : {15, 64, 1100}) {
    for (const double far : {0.0, 0x1p-25, -0x1p-31, 0x1p-60, 0x1p-140, 0x1p40}) {
      const Layout layout = {6, n, 1};
      KindCase of = Case(DType::kF32, Direction::kGradient, layout, Draw::kPlain, random);
      std::vector<double> dy(layout.outer * n);
      for (size_t i = 0; i < dy.size(); ++i) {
        dy[i] = i % n == 3 ? far : static_cast<double>(random() % 5) / 4 - 0.5;
      }
      of.dy = Elements(DType::kF32, dy);
      Check(of, layout);
    }
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
      const double all = IsLog() ? -0.0 : 1;
      EXPECT_EQ(evaluate({-inf, 0, -inf, -inf}), (std::vector<double>{none, all, none, none}));
      EXPECT_EQ(evaluate({-inf, 0, inf, 1}), (std::vector<double>{none, none, all, none}));
      // A logarithm of one is approached from below.
      for (const double least : {-inf, -1000.0, -1e4}) {
        EXPECT_EQ(std::signbit(evaluate({least, 0, least, least})[1]), IsLog());
      }
      for (const std::vector<double>& x :
           {std::vector<double>{-inf, -inf, -inf, -inf}, std::vector<double>{inf, 0, inf, 0},
            std::vector<double>{0, 0, std::nan(""), 0}}) {
        for (const double y : evaluate(x)) EXPECT_TRUE(std::isnan(y));
      }
    }
  }
}

// Where one element is infinitely far above the rest, gradients are sums of dy, rounded once.
TEST_P(RowsTest, GradientsOfALimit) {
  for (const DType dtype : kAllDTypes) {
    const double gap = std::ldexp(1.0, 1 - FormatOf(dtype).precision);
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      KindCase of;
      of.function = GetParam();
      of.shape = {4};
      of.dtype = dtype;
      of.tier = tier;
      of.direction = Direction::kGradient;
      of.x = Elements(dtype, {Sign() * kInfinity, 0, 1, 2});
      const auto expect = [&](double last, double wanted) {
        of.dy = Elements(dtype, {0, -1, -gap / 2, last});
        const Elements dx = Evaluate(of);
        EXPECT_EQ(dx[0], IsLog() ? wanted : 0) << Name(dtype) << " " << last;
        EXPECT_EQ(dx[1], IsLog() ? -1 : 0) << Name(dtype);
      };
      // A tie, and what is a little beside one.
      expect(0, 1);
      for (const double little : {gap / 1024, dtype == DType::kF16 ? 0x1p-24 : 0x1p-120}) {
        expect(-little, 1 + gap);
        expect(little, 1);
      }
    }
  }
}

// An infinite dy outweighs the finite ones: what is left is its derivative's sign, and NaN where
// infinities oppose each other or meet a derivative of zero.
TEST_P(RowsTest, InfiniteDy) {
  constexpr size_t kLength = 40;
  const double inf = kInfinity;
  const double nan = kNotANumber;
  std::mt19937_64 random(10);
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      KindCase of;
      of.function = GetParam();
      of.dtype = dtype;
      of.tier = tier;
      of.direction = Direction::kGradient;
      // Elements 0 to 3 are special, and the rest, of which one is the greatest, all alike.
      const auto evaluate = [&](std::vector<double> x, std::vector<double> dy, size_t n) {
        for (double& value : x) value *= Sign();
        std::vector<double> more = Numbers(Draw::kPlain, dtype, kLength, random);
        for (size_t i = x.size(); i < n; ++i) x.push_back(more[i]);
        for (size_t i = dy.size(); i < n; ++i) dy.push_back(more[i - 1]);
        of.shape = {static_cast<int64_t>(n)};
        of.x = Elements(dtype, x);
        of.dy = Elements(dtype, dy);
        return Evaluate(of);
      };
      const auto expect = [&](const Elements& dx, size_t i, double wanted) {
        if (std::isnan(wanted)) {
          EXPECT_TRUE(std::isnan(dx[i]) && !std::signbit(dx[i])) << i << ": " << dx[i];
        } else {
          EXPECT_EQ(dx[i], Sign() * wanted) << Name(dtype) << " " << Name(tier) << " " << i;
        }
      };
      // One infinite dy: of an element like others, far above and far below them.
      for (const double at : {0.5, 300.0, -300.0}) {
        for (const double dy : {inf, -inf}) {
          const Elements dx = evaluate({1, at}, {0, dy}, kLength);
          for (size_t i = 0; i < kLength; ++i) expect(dx, i, i == 1 ? dy : -dy);
        }
      }
      // Two of one sign and two that oppose each other.
      const Elements both = evaluate({1, 2, 3, 4}, {inf, 0, inf}, kLength);
      const Elements opposed = evaluate({1, 2, 3, 4}, {inf, 0, -inf}, kLength);
      for (size_t i = 0; i < kLength; ++i) {
        const bool has_own = i == 0 || i == 2;
        expect(both, i, has_own ? nan : -inf);
        expect(opposed, i, i == 0 ? inf : i == 2 ? -inf : nan);
      }
      // Elements that have no share of the sum, and one that has all.
      const Elements none = evaluate({-inf, 0, 1}, {inf, 0, 0}, 3);
      const std::vector<double> of_none =
          IsLog() ? std::vector<double>{inf, -inf, -inf} : std::vector<double>{nan, nan, nan};
      const Elements some = evaluate({-inf, 0, 1}, {0, inf, 0}, 3);
      const std::vector<double> of_some = {nan, inf, -inf};
      const Elements all = evaluate({-inf, 0, -inf}, {0, inf, 0}, 3);
      for (size_t i = 0; i < 3; ++i) {
        expect(none, i, of_none[i]);
        expect(some, i, of_some[i]);
        expect(all, i, nan);
      }
      // NaN goes everywhere.
      const Elements lost = evaluate({1, 2, 3}, {0, nan, inf}, kLength);
      for (size_t i = 0; i < kLength; ++i) expect(lost, i, nan);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, RowsTest,
                         ::testing::Values("softmax", "log_softmax", "softmin"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace activation::accuracy
