// Where the true result is in the middle between two numbers, or a comparison hangs on the last
// bit of a parameter: the slightest error decides.
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/accuracy/point_check.h"

namespace activation::accuracy {
namespace {

constexpr Direction kForward = Direction::kForward;
constexpr Direction kGradient = Direction::kGradient;

class ExactCasesTest : public ::testing::TestWithParam<DType> {
 protected:
  static Points PointsOf(const char* function, const std::map<std::string, double>& params) {
    Points points;
    points.function = *FindFunction(function);
    points.params = *ResolveParams(points.function, params);
    points.dtype = GetParam();
    return points;
  }

  // dy f'(x) for x and -x, with dy the first subnormal numbers and some others of few bits.
  static void ExpectRightSlopes(Points points, const std::vector<double>& places) {
    points.direction = kGradient;
    for (const double place : places) {
      for (const double x : {place, -place}) {
        for (int i = 1; i <= 300; ++i) {
          points.x.push_back(BitsOf(GetParam(), x));
          points.dy.push_back(static_cast<uint64_t>(i));
        }
        // Of as many bits as f16 has, and as f32 has.
        for (const double dy : {1025.0, 1233.0, 2047.0, 10066341.0, 16777213.0, 12582915.0}) {
          for (int i = 0; i < 20 && std::isfinite(ValueOf(GetParam(), BitsOf(GetParam(), dy)));
               ++i) {
            points.x.push_back(BitsOf(GetParam(), x));
            points.dy.push_back(BitsOf(GetParam(), dy - 2 * i));
          }
        }
      }
    }
    ExpectRight(points);
  }
};

// dy / (1 + |x|)^2.
TEST_P(ExactCasesTest, SoftsignsSlope) {
  ExpectRightSlopes(PointsOf("softsign", {}), {0.5, 1, 1.25, 2, 3, 5, 9, 11, 13, 19, 21, 23, 47});
}

// Slopes of 5/6, 1/30, 4/5, ..., whose products with dy may be numbers or ties.
TEST_P(ExactCasesTest, SquareplusOfSquares) {
  for (const auto& [b, x] :
       {std::pair{5.0, 2.0}, {16.0, 3.0}, {4.0, 1.5}, {144.0, 5.0}, {0.5625, 1.0}}) {
    const Points points = PointsOf("squareplus", {{"b", b}});
    ExpectRightSlopes(points, {x});
    Points forward = points;
    forward.x = {BitsOf(GetParam(), x), BitsOf(GetParam(), -x)};
    ExpectRight(forward);
  }
}

// 1/6 is no double. The default is taken for it, so that kinks lie at -3 and 3 and ties are ties.
TEST_P(ExactCasesTest, HardSigmoidOfASixth) {
  Points points;
  points.function = *FindFunction("hard_sigmoid");
  points.params = *ResolveParams(points.function, {});
  points.dtype = GetParam();
  for (const double place : {-3.0, 3.0}) {
    for (const uint64_t x : Neighbours(GetParam(), place, 20)) points.x.push_back(x);
  }
  for (int exponent = 0; exponent < 27; ++exponent) {
    for (const int odd : {-33, -15, -9, -3, 3, 9, 15, 21, 33, 93}) {
      points.x.push_back(BitsOf(GetParam(), std::ldexp(odd, -exponent)));
    }
  }
  ExpectRight(points);
  points.direction = kGradient;
  ExpectRight(points);
  points.dy.assign(points.x.rbegin(), points.x.rend());
  ExpectRight(points);
  // Sixths of subnormal numbers that are ties.
  points.dy.clear();
  for (size_t i = 0; i < points.x.size(); ++i) points.dy.push_back(3 * (i % 50));
  ExpectRight(points);
}

// alpha x beside a kink may be below every number, and still decides on which side x is. The
// reference has too few bits to see that.
TEST_P(ExactCasesTest, HardSigmoidsSlopeNextToItsKinks) {
  if (GetParam() != DType::kF64) GTEST_SKIP() << "computed in wider numbers";
  struct Case {
    double alpha;
    double offset;
    double inside;  // the ramp
    double outside;
  };
  constexpr double kLeast = 5e-324;
  for (const Case& c : {Case{0.2, 0, kLeast, -kLeast}, Case{0.2, 1, -kLeast, kLeast},
                        Case{kLeast, 0, kLeast, -kLeast}, Case{1.0 / 6, 0, kLeast, -kLeast},
                        Case{1.3e-200, 1, -2.4e-227, 2.4e-227}, Case{1e6, 0, 1e-200, -1e-200},
                        Case{0.4937, 1e-310, -40997013025584 * kLeast, -40997013025585 * kLeast}}) {
    Points points = PointsOf("hard_sigmoid", {{"alpha", c.alpha}, {"offset", c.offset}});
    points.direction = kGradient;
    points.x = {BitsOf(GetParam(), c.inside), BitsOf(GetParam(), c.outside)};
    EXPECT_EQ(ExactResults(points), (std::vector<double>{c.alpha, 0}))
        << c.alpha << ", " << c.offset;
  }
}

// x / 2 is in the middle between two numbers, and the sign of beta decides, however small it is.
// The reference has too few bits to see that.
TEST_P(ExactCasesTest, SwishOfTinyBeta) {
  if (GetParam() == DType::kF64) GTEST_SKIP() << "not always the nearest number";
  const double least = ValueOf(GetParam(), 1);
  for (const double beta : {1e-40, -1e-40, -1e-200, 1e-260, -1e-300, 5e-324, -5e-324}) {
    Points points = PointsOf("swish", {{"beta", beta}});
    std::vector<double> forward;
    std::vector<double> gradient;
    for (int i = 1; i < 100; i += 2) {
      for (const int sign : {1, -1}) {
        points.x.push_back(BitsOf(GetParam(), sign * i * least));
        // f(x) = x/2 + beta x^2/4 ..., and f'(x) = 1/2 + beta x/2 ...
        forward.push_back(0.5 * (sign * i + (beta > 0 ? 1 : -1)) * least);
        gradient.push_back(0.5 * (i + (beta * sign > 0 ? 1 : -1)) * least);
        points.dy.push_back(BitsOf(GetParam(), i * least));
      }
    }
    points.direction = kGradient;
    EXPECT_EQ(ExactResults(points), gradient) << beta;
    points.direction = kForward;
    EXPECT_EQ(ExactResults(points), forward) << beta;
  }
}

// However small beta is, an infinite x is beyond every finite one.
TEST_P(ExactCasesTest, SwishOfTinyBetaAtInfinity) {
  if (GetParam() == DType::kF64) GTEST_SKIP() << "below 1.2e-305 taken for the greatest number";
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double size : {1.0, 1e-36, 8e-37, 1e-37, 1e-40, 1e-100, 1e-300, 5e-324}) {
    for (const int sign : {1, -1}) {
      Points points = PointsOf("swish", {{"beta", sign * size}});
      points.x = {BitsOf(GetParam(), sign * kInfinity), BitsOf(GetParam(), -sign * kInfinity)};
      // Zeros have the sign of what decays to them.
      const std::vector<double> forward = ExactResults(points);
      EXPECT_EQ(forward, (std::vector<double>{sign * kInfinity, 0})) << size;
      EXPECT_EQ(std::signbit(forward[1]), sign > 0) << size;
      points.direction = kGradient;
      const std::vector<double> gradient = ExactResults(points);
      EXPECT_EQ(gradient, (std::vector<double>{1, 0})) << size;
      EXPECT_TRUE(std::signbit(gradient[1])) << size;
    }
  }
}

// Bounds between zero and the least number, or between any two.
TEST_P(ExactCasesTest, BoundsBetweenNumbers) {
  const double least = ValueOf(GetParam(), 1);
  for (const double place : {0.0, 0.75 * least, 3.25 * least, 0x1p-100, 0x1.000001p0, 1.1}) {
    for (const double tiny : {0.0, 5e-324, 1e-50, 1e-41, 1e-9}) {
      for (const double bound : {place + tiny, place - tiny, -place - tiny}) {
        std::vector<Points> all = {PointsOf("clip", {{"min", bound}, {"max", 1e30}}),
                                   PointsOf("hard_tanh", {{"min", -1e30}, {"max", bound}}),
                                   PointsOf("threshold", {{"theta", bound}, {"value", 5}})};
        if (bound >= 0) {
          all.push_back(PointsOf("hardshrink", {{"lambda", bound}}));
          all.push_back(PointsOf("softshrink", {{"lambda", bound}}));
        }
        for (Points& points : all) {
          for (const double x : {bound, -bound, 0.0}) {
            const std::vector<uint64_t> near = Neighbours(GetParam(), x, 3);
            points.x.insert(points.x.end(), near.begin(), near.end());
          }
          points.x.push_back(0);
          ExpectRight(points);
          points.direction = kGradient;
          ExpectRight(points);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(DTypes, ExactCasesTest, ::testing::ValuesIn(kAllDTypes),
                         [](const auto& test) { return std::string(Name(test.param)); });

}  // namespace
}  // namespace activation::accuracy
