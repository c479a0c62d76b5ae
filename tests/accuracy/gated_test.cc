// Gated functions, by the formulas of the functions they gate with.
#include <cmath>
#include <map>

#include "gtest/gtest.h"
#include "tests/accuracy/expression.h"
#include "tests/accuracy/kind_case.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

const std::map<std::string, std::string> kGateOf = {{"glu", "sigmoid"},
                                                    {"swiglu", "silu"},
                                                    {"geglu", "gelu"},
                                                    {"geglu_tanh", "gelu_tanh"},
                                                    {"reglu", "relu"}};

// The greatest number.
double GreatestOf(DType dtype) {
  const Format format = FormatOf(dtype);
  return std::ldexp(2 - std::ldexp(1.0, 1 - format.precision), format.greatest_exponent);
}

// The least number above zero.
double LeastOf(DType dtype) {
  const Format format = FormatOf(dtype);
  return std::ldexp(1.0, format.least_exponent + 1 - format.precision);
}

class GatedTest : public ::testing::TestWithParam<std::string> {
 protected:
  // Element j of the half that is `second` or not, of x of shape [outer, 2 run].
  static size_t IndexOf(size_t j, size_t run, bool second) {
    return j / run * 2 * run + j % run + (second ? run : 0);
  }

  // The gradient of a's and b's that lie one after the other.
  static KindCase Pairs(DType dtype, Tier tier, const std::vector<double>& dy,
                        std::vector<double> a, const std::vector<double>& b) {
    KindCase of;
    of.function = GetParam();
    of.shape = {static_cast<int64_t>(2 * a.size())};
    of.dtype = dtype;
    of.tier = tier;
    of.direction = Direction::kGradient;
    a.insert(a.end(), b.begin(), b.end());
    of.x = Elements(dtype, a);
    of.dy = Elements(dtype, dy);
    return of;
  }

  // So many b for which some gate decays, and the greatest a and dy, of a sign.
  static constexpr size_t kDecaying = 300;
  static KindCase OfGreatest(DType dtype, Tier tier, Direction direction, double sign) {
    const double greatest = GreatestOf(dtype);
    std::vector<double> b = {-50, -1000, -1e30};
    for (size_t i = b.size(); i < kDecaying; ++i) {
      const double part = static_cast<double>(i) / kDecaying;
      b.push_back(i % 3 == 0 ? -250 - 50 * part : i % 3 == 1 ? -13 - 3 * part : -21 - 4 * part);
    }
    KindCase of = Pairs(dtype, tier, std::vector<double>(kDecaying, sign * greatest),
                        std::vector<double>(kDecaying, greatest), b);
    of.direction = direction;
    if (direction == Direction::kForward) of.dy = Elements();
    return of;
  }

  void Check(const KindCase& of, size_t run) const {
    const Expression gate(Catalogue()[*FindFunction(kGateOf.at(GetParam()))]);
    const Elements out = Evaluate(of);
    for (size_t j = 0; j < of.x.size() / 2; ++j) {
      const size_t at_a = IndexOf(j, run, false);
      const size_t at_b = IndexOf(j, run, true);
      const BigFloat a(of.x[at_a]);
      const Value<BigFloat> g = gate.At(BigFloat(of.x[at_b]), Params());
      if (of.direction == Direction::kForward) {
        ExpectRight(of, j, out[j], a * g.v);
      } else {
        const BigFloat dy(of.DyAt(j));
        ExpectRight(of, at_a, out[at_a], dy * g.v);
        ExpectRight(of, at_b, out[at_b], dy * a * g.d[0]);
      }
    }
  }

  // dy = 0: of the function itself.
  void ExpectNanOfNan(DType dtype, Tier tier, double dy, const std::vector<double>& x) const {
    KindCase of;
    of.function = GetParam();
    of.shape = {2};
    of.dtype = dtype;
    of.tier = tier;
    of.direction = dy == 0 ? Direction::kForward : Direction::kGradient;
    of.x = Elements(dtype, x);
    if (dy != 0) of.dy = Elements(dtype, {dy});
    const Elements out = Evaluate(of);
    for (size_t i = 0; i < out.size(); ++i) {
      EXPECT_TRUE(std::isnan(out[i]) && !std::signbit(out[i]))
          << Name(dtype) << " " << Name(of.direction) << " of " << x[0] << " and " << x[1]
          << ", dy " << dy << ": " << out[i];
    }
  }
};

TEST_P(GatedTest, IsRight) {
  std::mt19937_64 random(1);
  for (const DType dtype : kAllDTypes) {
    for (const Draw draw : kAllDraws) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        for (const Tier tier : {Tier::kExact, Tier::kFast}) {
          KindCase of;
          of.function = GetParam();
          // Halves of seven, times eleven: runs of 77 and of 7.
          of.shape = {5, 14, 11};
          of.axis = 1;
          of.dtype = dtype;
          of.tier = tier;
          of.direction = direction;
          of.x = Elements(dtype, Numbers(draw, dtype, 770, random));
          if (direction == Direction::kGradient && draw != Draw::kPlain) {
            of.dy = Elements(dtype, Numbers(draw, dtype, 385, random));
          }
          Check(of, 77);
        }
      }
    }
  }
}

// Products of dy and a that are below the normal numbers, or far below the gate's results.
TEST_P(GatedTest, IsRightForSmallProducts) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> plain(-4, 4);
  for (const double size : {0x1p-1060, 0x1p-1074, 0x1p-1000, 0x1p-500, 0x1p480}) {
    KindCase of;
    of.function = GetParam();
    of.shape = {400};
    of.dtype = DType::kF64;
    of.direction = Direction::kGradient;
    std::vector<double> x;
    std::vector<double> dy;
    for (int i = 0; i < 200; ++i) {
      x.push_back(plain(random) * (i % 2 == 0 ? 1 : size));
      dy.push_back(plain(random) * (i % 2 == 0 ? size : 1));
    }
    for (int i = 0; i < 200; ++i) x.push_back(plain(random));
    of.x = Elements(of.dtype, x);
    of.dy = Elements(of.dtype, dy);
    Check(of, 200);
  }
}

// Products far beyond every number, of which the gate makes numbers again.
TEST_P(GatedTest, IsRightForLargeProductsThatDecay) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> plain(-4, 4);
  std::uniform_real_distribution<double> power(490, 1020);
  std::uniform_real_distribution<double> decay(-1450, 0);
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    for (const double least : {-1450.0, -50.0}) {
      KindCase of;
      of.function = GetParam();
      of.shape = {400};
      of.dtype = DType::kF64;
      of.direction = direction;
      std::vector<double> x;
      std::vector<double> dy;
      for (int i = 0; i < 200; ++i) {
        x.push_back(plain(random) * std::exp2(power(random)));
        dy.push_back(plain(random) * std::exp2(i % 2 == 0 ? 0 : power(random)));
      }
      for (int i = 0; i < 200; ++i) x.push_back(decay(random) * (least / -1450));
      of.x = Elements(of.dtype, x);
      if (direction == Direction::kGradient) of.dy = Elements(of.dtype, dy);
      Check(of, 200);
    }
  }
}

// The same of f32 and bf16, whose greatest products decay where a gate's exponential is least.
TEST_P(GatedTest, IsRightWhereTheGreatestProductsDecay) {
  for (const DType dtype : {DType::kF32, DType::kBF16}) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        for (const double dy : {1.0, -1.0}) {
          Check(OfGreatest(dtype, tier, direction, dy), kDecaying);
        }
      }
    }
  }
}

// Times a gate that is zero the greatest numbers are zero, of the sign it comes from.
TEST_P(GatedTest, TheGreatestProductsVanishAtMinusInfinity) {
  const FunctionInfo& gate = Catalogue()[*FindFunction(kGateOf.at(GetParam()))];
  const double forward = gate.special.forward.front();
  const double slope = gate.special.gradient.front();
  // Smooth gates multiply, others choose.
  const std::vector<double> wanted = {forward, forward, slope, gate.smooth ? -slope : slope};
  for (const DType dtype : kAllDTypes) {
    const double greatest = GreatestOf(dtype);
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      const KindCase of =
          Pairs(dtype, tier, {greatest, greatest}, {greatest, -greatest}, {-kInfinity, -kInfinity});
      const Elements dx = Evaluate(of);
      for (size_t i = 0; i < dx.size(); ++i) {
        EXPECT_EQ(dx[i], 0) << Name(dtype) << " " << i;
        EXPECT_EQ(std::signbit(dx[i]), std::signbit(wanted[i])) << Name(dtype) << " " << i;
      }
    }
  }
}

// Results of f32 so near to the middle between two floats that a formula in one double must be
// right to its last bits there: of the greatest products, and of a polynomial next to its end.
TEST_P(GatedTest, IsRightNextToTiesOfTheGreatestProducts) {
  const std::vector<double> dy = {0x1.a4f224p+127, 0x1.69a418p+127, 0x1.a30584p+127,
                                  0x1.847cbcp+127, 0x1.528e46p+127};
  const std::vector<double> a = {0x1.e3b2aep+127, 0x1.dcde86p+127, 0x1.924d1p+127, 0x1.cec4f2p+127,
                                 0x1.0370ap+127};
  const std::vector<double> b = {-22.5, -22.9, -0x1.de3cd8p+3, -0x1.de3cd8p+3, -0x1.de3cd8p+3};
  Check(Pairs(DType::kF32, Tier::kExact, dy, a, b), dy.size());
}

// In either half: y, and both gradients.
TEST_P(GatedTest, NanInNanOut) {
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      // The last makes products that are ties, which the slow lane decides.
      for (const double dy : {0.0, 1.0, LeastOf(dtype)}) {
        for (const double other : {-2.0, -0.0, 0.0, 0.5, kInfinity}) {
          ExpectNanOfNan(dtype, tier, dy, {kNotANumber, other});
          ExpectNanOfNan(dtype, tier, dy, {other, kNotANumber});
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, GatedTest,
                         ::testing::Values("glu", "swiglu", "geglu", "geglu_tanh", "reglu"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace activation::accuracy
