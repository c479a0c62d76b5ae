// The places where implementations of these functions are known to fail, with some
// hundred neighbouring numbers on both sides of each.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/accuracy/point_check.h"

namespace activation::accuracy {
namespace {

constexpr Direction kForward = Direction::kForward;
constexpr Direction kGradient = Direction::kGradient;

struct Probe {
  const char* function;
  Direction direction;
  double from;
  double to;
  const char* why;
};

constexpr char kCancels[] = "1 + erf cancels: half of its bits are lost, then all";
constexpr char kCutOff[] = "polynomials of erf end, and results are set to zero";
constexpr char kTail[] = "results are subnormal, and the last that are not zero";
constexpr char kOverflows[] = "exp(-x) overflows before f(x) is zero";
constexpr char kOneLessSquare[] = "1 - tanh^2 cancels, and is zero when tanh rounds to 1";
constexpr char kRoot[] = "f' has a root, and near it the absolute error any relative one";
constexpr char kOneAndLittle[] = "1 + exp(x) rounds to 1";

constexpr Probe kProbes[] = {
    {"gelu", kForward, -3.85, -3.85, kCancels},
    {"gelu", kForward, -5.5, -5.5, kCancels},
    {"gelu", kForward, -8, -8, kCutOff},
    {"gelu", kForward, -13.1, -14.3, kTail},
    {"gelu", kGradient, -3.85, -3.85, kCancels},
    {"gelu", kGradient, -5.5, -5.5, kCancels},
    {"gelu", kGradient, -8, -8, kCutOff},
    {"gelu", kGradient, -13.1, -14.3, kTail},
    {"gelu_tanh", kForward, -5.5, -10, "1 + tanh cancels, and is zero when tanh rounds to -1"},
    {"silu", kForward, -88, -103, kOverflows},
    {"silu", kGradient, -88, -103, kOverflows},
    {"sigmoid", kForward, -88, -103, kOverflows},
    {"sigmoid", kGradient, -88, -103, kOverflows},
    {"sigmoid", kGradient, 17, 17, "s (1 - s) is zero when s rounds to 1"},
    {"tanh", kGradient, 5, 9, kOneLessSquare},
    {"tanh", kGradient, -5, -9, kOneLessSquare},
    {"elu", kForward, -1e-7, -1e-7, "exp(x) - 1 cancels"},
    {"elu", kGradient, -1e-7, -1e-7, "exp(x) is taken for elu(x) + 1"},
    {"softplus", kForward, -80, -80, kOneAndLittle},
    {"softplus", kGradient, -80, -80, kOneAndLittle},
    {"log_sigmoid", kForward, 80, 80, kOneAndLittle},
    {"mish", kForward, -80, -80, kOneAndLittle},
    {"gelu", kGradient, -0.75179152469356446, -0.75179152469356446, kRoot},
    {"silu", kGradient, -1.2784645427610738, -1.2784645427610738, kRoot},
    {"mish", kGradient, -1.1924312145154952, -1.1924312145154952, kRoot},
    {"gelu_tanh", kGradient, -0.75246142207101626, -0.75246142207101626, kRoot},
    {"gelu_sigmoid", kGradient, -0.75115425544128895, -0.75115425544128895, kRoot},
};

constexpr int kOnEachSide = 100;

Points Around(const FunctionInfo& info, Direction direction, DType dtype, double place) {
  Points points;
  points.function = *FindFunction(info.name);
  points.params = *ResolveParams(points.function, {});
  points.dtype = dtype;
  points.direction = direction;
  points.x = Neighbours(dtype, place, kOnEachSide);
  return points;
}

Points Around(const Probe& probe, DType dtype, double place) {
  return Around(Catalogue()[*FindFunction(probe.function)], probe.direction, dtype, place);
}

class ProbesTest : public ::testing::TestWithParam<DType> {};

TEST_P(ProbesTest, AreRightWhereOthersFail) {
  for (const Probe& probe : kProbes) {
    SCOPED_TRACE(probe.why);
    const int places = probe.from == probe.to ? 1 : 5;
    for (int i = 0; i < places; ++i) {
      const double place = probe.from + (probe.to - probe.from) * i / 4;
      ExpectRight(Around(probe, GetParam(), place));
    }
  }
}

TEST_P(ProbesTest, RootsLieAmongTheirNeighbours) {
  for (const Probe& probe : kProbes) {
    if (probe.why != kRoot) continue;
    const size_t negative = CountNegative(Around(probe, GetParam(), probe.from));
    EXPECT_GT(negative, kOnEachSide / 2U) << probe.function;
    EXPECT_LT(negative, kOnEachSide * 3U / 2) << probe.function;
  }
}

// Next to a root a slope is as right as the distance to it, and each dy rounds it elsewhere.
TEST_P(ProbesTest, RootsAreRightForManyDy) {
  constexpr int kNearest = 5, kFactors = 200;
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> factor(1, 2);
  for (const Probe& probe : kProbes) {
    if (probe.why != kRoot) continue;
    Points points = Around(probe, GetParam(), probe.from);
    points.x.clear();
    for (const uint64_t x : Neighbours(GetParam(), probe.from, kNearest)) {
      for (int i = 0; i < kFactors; ++i) {
        points.x.push_back(x);
        points.dy.push_back(BitsOf(GetParam(), factor(random)));
      }
    }
    ExpectRight(points);
  }
}

// silu's root, to twice a double's bits.
constexpr double kSiluRoot = -0x1.474973c84120bp+0;
constexpr double kSiluRootRest = -0x1.f8d74bc9ac154p-54;

// swish' with a free beta, next to its root.
void ExpectRightAtRoot(DType dtype, double beta, int on_each_side, int factors) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> factor(1, 2);
  Points points;
  points.function = *FindFunction("swish");
  points.params = *ResolveParams(points.function, {{"beta", beta}});
  points.dtype = dtype;
  points.direction = kGradient;
  for (const uint64_t x : Neighbours(dtype, kSiluRoot / beta, on_each_side)) {
    for (int i = 0; i < factors; ++i) {
      points.x.push_back(x);
      points.dy.push_back(BitsOf(dtype, i == 0 ? 1 : factor(random)));
    }
  }
  SCOPED_TRACE(testing::Message() << "beta " << std::hexfloat << beta);
  ExpectRight(points);
}

TEST_P(ProbesTest, SwishIsRightNextToTheRootOfAnyBeta) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> usual(0, 3);
  std::vector<double> betas = {1, -1, 1.3, -1.3, 1.702, 0.1, -0.25, 1e-3, 37.123456789};
  // Whose root is all but a float, and the quotient of floats not the nearest one.
  for (const double beta : {0x1.bc3becf9aecf8p-1, 0x1.2f920aedaf6c4p+0, 0x1.6bf39ca43fc2ep-1}) {
    betas.push_back(beta);
  }
  for (int i = 0; i < 20; ++i) betas.push_back(usual(random));
  for (const double beta : betas) ExpectRightAtRoot(GetParam(), beta, 3, 10);
  // A float of it has 22 bits.
  if (GetParam() == DType::kF32) ExpectRightAtRoot(GetParam(), 0x1.aca5aacbc4951p-128, 3, 10);
}

// A beta chosen for an x: of many such pairs those whose product is nearest to the root, next to
// which it has no correct bits unless it is exact.
TEST_P(ProbesTest, SwishIsRightWhereBetaTimesXIsTheRoot) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> any(1, 2);
  for (int probe = 0; probe < 12; ++probe) {
    double best = 1;
    double least = 1;
    // One x alone, then the best of ten, of a hundred, ...
    for (int i = 0; i < std::pow(10, probe % 6); ++i) {
      const double x = ValueOf(GetParam(), BitsOf(GetParam(), any(random)));
      for (const double beta : {kSiluRoot / x, std::nextafter(kSiluRoot / x, 0.0)}) {
        const double distance = std::fabs(std::fma(beta, x, -kSiluRoot) - kSiluRootRest);
        if (distance > least) continue;
        best = beta;
        least = distance;
      }
    }
    EXPECT_LT(least, 0x1p-50);
    ExpectRightAtRoot(GetParam(), best, 1, 10);
  }
}

// The largest number that rounds up to the least normal one, which is in the middle between two.
TEST_P(ProbesTest, TiesBelowTheLeastNormalNumberAreRight) {
  Points points;
  points.function = *FindFunction("leaky_relu");
  points.params = *ResolveParams(points.function, {{"slope", 0.6399999618530273}});
  points.dtype = GetParam();
  points.direction = kForward;
  points.x.assign(64, BitsOf(GetParam(), -1.8367099231598242e-38));
  ExpectRight(points);
}

// Squares of what is small enough are below every number, times dy they are not.
TEST_P(ProbesTest, SlopesBelowEveryNumberCountTimesDy) {
  if (GetParam() != DType::kF64) GTEST_SKIP() << "computed in wider numbers";
  Points points;
  points.function = *FindFunction("tanhshrink");
  points.params = *ResolveParams(points.function, {});
  points.dtype = GetParam();
  points.direction = kGradient;
  for (const double x : {1e-290, -1e-280, 1e-300, 4e-308, 5e-324}) {
    points.x.push_back(BitsOf(GetParam(), x));
    points.dy.push_back(BitsOf(GetParam(), 1.7e308));
  }
  ExpectRight(points);
}

// Products below every number are zero with a sign.
TEST_P(ProbesTest, ResultsOfTinyAlphaKeepTheirSign) {
  Points points;
  points.function = *FindFunction("elu");
  points.dtype = GetParam();
  for (const double x : {-1.5e-164, -1e-300, -5e-324, -1e-30, -1e-7, -0.7, -3.3, -1e4}) {
    points.x.push_back(BitsOf(GetParam(), x));
  }
  for (const double alpha : {1e-310, -1e-310, 5e-324, -5e-324, 1e-160}) {
    points.params = *ResolveParams(points.function, {{"alpha", alpha}});
    ExpectRight(points);
  }
}

// Slopes far above one and dy below the normal numbers, whose products are neither.
TEST_P(ProbesTest, LargeSlopesOfSubnormalDy) {
  if (GetParam() != DType::kF64) GTEST_SKIP() << "computed in wider numbers";
  for (const char* function : {"exp", "expm1"}) {
    Points points;
    points.function = *FindFunction(function);
    points.params = *ResolveParams(points.function, {});
    points.dtype = GetParam();
    points.direction = kGradient;
    for (int i = 0; i < 700; ++i) {
      points.x.push_back(BitsOf(GetParam(), 1 + 0.9973 * i));
      points.dy.push_back(static_cast<uint64_t>(i) * i * i + 1);
    }
    ExpectRight(points);
  }
}

// As alpha e^x may be, and where alpha is large dy alpha may be above them.
TEST_P(ProbesTest, SlopesOfTinyAndLargeAlphaCountTimesDy) {
  if (GetParam() != DType::kF64) GTEST_SKIP() << "computed in wider numbers";
  Points points;
  points.function = *FindFunction("elu");
  points.dtype = GetParam();
  points.direction = kGradient;
  for (const double x : {-1e-3, -0.7, -3.3, -9.0, -14.0, -17.0, -20.0, -600.0, -1500.0, -2190.0,
                         -2200.0, -3000.0, -1e5, -kInfinity}) {
    for (const double dy : {1.0, 1e-10, 1e5, -3e20, 1.7e308, 5e-324}) {
      points.x.push_back(BitsOf(GetParam(), x));
      points.dy.push_back(BitsOf(GetParam(), dy));
    }
  }
  for (const double alpha :
       {1e6, -1.5, 2e5, 1e-100, -1e-200, 1e-290, 3e-300, 1e-308, -3e-310, 1e-320, 5e-324, 0.0}) {
    points.params = *ResolveParams(points.function, {{"alpha", alpha}});
    ExpectRight(points);
  }
}

// A subnormal may be taken for zero, as x or as dy.
TEST_P(ProbesTest, SubnormalsAreNumbers) {
  constexpr double kLeastNormals[] = {0x1p-126, 0x1p-1022, 0x1p-14, 0x1p-126};
  const double least_normal = kLeastNormals[static_cast<size_t>(GetParam())];
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    // Around zero, where half of the bits are gone, and on the border to normal numbers.
    for (const double place :
         {0.0, least_normal / 64, -least_normal / 64, least_normal, -least_normal}) {
      ExpectRight(Around(info, kForward, GetParam(), place));
      Points gradient = Around(info, kGradient, GetParam(), place);
      ExpectRight(gradient);
      gradient.dy.assign(gradient.x.rbegin(), gradient.x.rend());
      ExpectRight(gradient);
      gradient.x.assign(gradient.dy.size(), BitsOf(GetParam(), -1.5));
      ExpectRight(gradient);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(DTypes, ProbesTest, ::testing::ValuesIn(kAllDTypes),
                         [](const auto& test) { return std::string(Name(test.param)); });

}  // namespace
}  // namespace activation::accuracy
