// The table of special values of every function: limits at +-inf with the sign
// zero is approached from, signed zeros, NaN; in every dtype, tier and
// instruction set.
#include <algorithm>
#include <bit>
#include <cmath>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "src/backends/half.h"

namespace activation {
namespace {

// A tensor of one dtype, written and read as doubles.
class Tensor {
 public:
  Tensor(DType dtype, const std::vector<double>& values)
      : dtype_(dtype), bytes_(values.size() * SizeOf(dtype)) {
    for (size_t i = 0; i < values.size(); ++i) Set(i, values[i]);
  }

  double Get(size_t i) const {
    switch (dtype_) {
      case DType::kF64:
        return As<double>(i);
      case DType::kF32:
        return As<float>(i);
      case DType::kF16:
        return FloatOfF16(As<uint16_t>(i));
      case DType::kBF16:
        return FloatOfBF16(As<uint16_t>(i));
    }
    return 0;
  }
  std::byte* data() { return bytes_.data(); }

 private:
  void Set(size_t i, double value) {
    switch (dtype_) {
      case DType::kF64:
        return Put(i, value);
      case DType::kF32:
        return Put(i, static_cast<float>(value));
      case DType::kF16:
        return Put(i, F16OfFloat(static_cast<float>(value)));
      case DType::kBF16:
        return Put(i, BF16OfFloat(static_cast<float>(value)));
    }
  }
  template <class T>
  T As(size_t i) const {
    T value;
    std::memcpy(&value, bytes_.data() + i * sizeof(T), sizeof(T));
    return value;
  }
  template <class T>
  void Put(size_t i, T value) {
    std::memcpy(bytes_.data() + i * sizeof(T), &value, sizeof(T));
  }

  DType dtype_;
  std::vector<std::byte> bytes_;
};

struct Case {
  std::string function;
  NamedValues params;
  DType dtype = DType::kF32;
  Tier tier = Tier::kExact;
  Direction direction = Direction::kForward;
};

std::vector<double> Evaluate(const KernelSet& kernels, const Case& c, const std::vector<double>& x,
                             const std::vector<double>& dy = {}) {
  Tensor in(c.dtype, x);
  Tensor above(c.dtype, dy);
  Tensor out(c.dtype, x);
  Evaluation evaluation;
  evaluation.function = *FindFunction(c.function);
  evaluation.params = *ResolveParams(evaluation.function, c.params);
  evaluation.tier = c.tier;
  evaluation.direction = c.direction;
  evaluation.dtype = c.dtype;
  evaluation.count = x.size();
  evaluation.x = in.data();
  evaluation.dy = dy.empty() ? nullptr : above.data();
  evaluation.out = out.data();
  EvaluateStretch(kernels, evaluation, 0, x.size());
  std::vector<double> result;
  for (size_t i = 0; i < x.size(); ++i) result.push_back(out.Get(i));
  return result;
}

void ExpectSame(double got, double wanted, const char* what) {
  EXPECT_EQ(std::isnan(got), std::isnan(wanted)) << what;
  if (std::isnan(wanted)) return;
  EXPECT_EQ(got, wanted) << what;
  EXPECT_EQ(std::signbit(got), std::signbit(wanted)) << what;
}

// The same, but for a finite result of FAST, which is not more exact at zero than
// elsewhere.
void ExpectSpecial(Tier tier, double got, double wanted, const char* what) {
  if (tier == Tier::kFast && std::isfinite(wanted) && wanted != 0 && std::trunc(wanted) != wanted) {
    EXPECT_NEAR(got, wanted, std::fabs(wanted) * 0x1p-22) << what;
  } else {
    ExpectSame(got, wanted, what);
  }
}

// Calls check(kernels, dtype, tier) for every combination.
template <class Check>
void Everywhere(Check check) {
  for (const KernelSet& kernels : AllKernels()) {
    for (const DType dtype : kAllDTypes) {
      for (const Tier tier : {Tier::kExact, Tier::kFast}) {
        SCOPED_TRACE(testing::Message()
                     << kernels.target << " " << Name(dtype) << " " << Name(tier));
        check(kernels, dtype, tier);
      }
    }
  }
}

// What a dtype holds of a value.
double Stored(DType dtype, double value) { return Tensor(dtype, {value}).Get(0); }

TEST(SpecialValuesTest, InfinitiesAndZeros) {
  const std::vector<double> x = {-kInfinity, -0.0, 0.0, kInfinity};
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    for (const FunctionInfo& info : ElementwiseFunctions()) {
      Case c{info.name, {}, dtype, tier, Direction::kForward};
      const std::vector<double> y = Evaluate(kernels, c, x);
      c.direction = Direction::kGradient;
      const std::vector<double> dx = Evaluate(kernels, c, x);
      for (size_t i = 0; i < x.size(); ++i) {
        ExpectSpecial(tier, y[i], Stored(dtype, info.special.forward[i]), info.name);
        ExpectSpecial(tier, dx[i], Stored(dtype, info.special.gradient[i]), info.name);
      }
    }
  });
}

void ExpectCanonicalNan(const KernelSet& kernels, const Case& c) {
  for (const double y : Evaluate(kernels, c, {std::nan(""), -std::nan("")})) {
    EXPECT_TRUE(std::isnan(y)) << c.function;
    EXPECT_FALSE(std::signbit(y)) << c.function << ": hosts differ in the sign of NaN";
  }
}

// The product is 2^-150 and a little more, which is nothing in floats.
TEST(SpecialValuesTest, ResultsThatVanishInFloatsAreRounded) {
  for (const KernelSet& kernels : AllKernels()) {
    const Case c{"leaky_relu", {}, DType::kF32, Tier::kExact, Direction::kForward};
    std::vector<double> x(16, 100.0);
    x[3] = -50 * 0x1p-149;
    EXPECT_EQ(Evaluate(kernels, c, x)[3], -0x1p-149) << kernels.target;
    const Case slope{"leaky_relu", {}, DType::kF32, Tier::kExact, Direction::kGradient};
    std::vector<double> dy(16, 1.0);
    dy[3] = 50 * 0x1p-149;
    EXPECT_EQ(Evaluate(kernels, slope, std::vector<double>(16, -1.0), dy)[3], 0x1p-149)
        << kernels.target;
  }
}

TEST(SpecialValuesTest, NanInNanOut) {
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    for (const FunctionInfo& info : ElementwiseFunctions()) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        const Case c{info.name, {}, dtype, tier, direction};
        ExpectCanonicalNan(kernels, c);
      }
    }
  });
}

TEST(SpecialValuesTest, NanStaysNanWithParametersBelowAFloat) {
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      ExpectCanonicalNan(kernels, {"leaky_relu", {{"slope", 1e-30}}, dtype, tier, direction});
      ExpectCanonicalNan(kernels, {"swish", {{"beta", 1e-30}}, dtype, tier, direction});
    }
  });
}

// At both ends of each parameter's range, at zero and next to it.
std::vector<NamedValues> ParametersAtEdges(const FunctionInfo& info) {
  std::vector<NamedValues> sets;
  for (size_t i = 0; i < ParamCount(info); ++i) {
    const ParamInfo& param = info.params[i];
    for (const double value : {param.minimum, param.maximum, 0.0, 1e-300}) {
      const NamedValues set = {{param.name, std::clamp(value, param.minimum, param.maximum)}};
      if (ResolveParams(*FindFunction(info.name), set).ok()) sets.push_back(set);
    }
  }
  return sets;
}

// Alone, among its like and among ordinary neighbours, which are not to decide of it.
TEST(SpecialValuesTest, NanStaysNanWithParametersAtTheirEdges) {
  std::vector<double> mixed;
  for (int i = 0; i < 64; ++i) mixed.push_back(i % 5 == 0 ? kNotANumber : 0.5 * (i - 30));
  const std::vector<double> all(64, kNotANumber);
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    for (const FunctionInfo& info : ElementwiseFunctions()) {
      for (const NamedValues& params : ParametersAtEdges(info)) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          const Case c{info.name, params, dtype, tier, direction};
          ExpectCanonicalNan(kernels, c);
          for (const std::vector<double>& x : {mixed, all}) {
            const std::vector<double> y = Evaluate(kernels, c, x);
            for (size_t i = 0; i < x.size(); ++i) {
              if (!std::isnan(x[i])) continue;
              EXPECT_TRUE(std::isnan(y[i]) && !std::signbit(y[i]))
                  << info.name << " " << params.begin()->first << " " << params.begin()->second;
            }
          }
        }
      }
    }
  });
}

TEST(SpecialValuesTest, PiecewiseGradientsSelectAndSmoothOnesMultiply) {
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    const std::vector<double> x = {-1, 1, 7};
    const std::vector<double> dy = {kInfinity, kInfinity, -kInfinity};
    Case c{"relu", {}, dtype, tier, Direction::kGradient};
    EXPECT_EQ(Evaluate(kernels, c, x, dy), (std::vector<double>{0, kInfinity, -kInfinity}));
    c.function = "relu6";
    EXPECT_EQ(Evaluate(kernels, c, x, dy), (std::vector<double>{0, kInfinity, 0}));
    c.function = "sigmoid";
    EXPECT_EQ(Evaluate(kernels, c, x, dy), (std::vector<double>{kInfinity, kInfinity, -kInfinity}));
    c.function = "silu";
    EXPECT_EQ(Evaluate(kernels, c, x, dy), (std::vector<double>{kInfinity, kInfinity, -kInfinity}));
  });
}

// Straight lines without a slope are their limit at infinity, and select in the gradient.
TEST(SpecialValuesTest, LinesWithoutASlope) {
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    const std::vector<double> x = {-kInfinity, -2, -0.0, 3, kInfinity};
    const auto expect = [&](const Case& c, const std::vector<double>& wanted,
                            const std::vector<double>& dy = {}) {
      const std::vector<double> got = Evaluate(kernels, c, x, dy);
      for (size_t i = 0; i < x.size(); ++i) ExpectSame(got[i], wanted[i], c.function.c_str());
    };
    for (const double zero : {0.0, -0.0}) {
      Case leaky{"leaky_relu", {{"slope", zero}}, dtype, tier, Direction::kForward};
      expect(leaky, {0, 0, 0, 3, kInfinity});
      leaky.direction = Direction::kGradient;
      expect(leaky, {0, 0, 0, -kInfinity, kInfinity},
             {kInfinity, -kInfinity, kInfinity, -kInfinity, kInfinity});
    }
    Case hard{"hard_sigmoid", {{"alpha", 0}, {"offset", 0.25}}, dtype, tier, Direction::kForward};
    expect(hard, {0.25, 0.25, 0.25, 0.25, 0.25});
    hard.direction = Direction::kGradient;
    expect(hard, {0, 0, 0, 0, 0}, {kInfinity, -kInfinity, kInfinity, -kInfinity, kInfinity});
    // Alpha of elu may be 0, too, but its formula is smooth, and a zero has either sign.
    const Case elu{"elu", {{"alpha", 0}}, dtype, tier, Direction::kForward};
    EXPECT_EQ(Evaluate(kernels, elu, x), (std::vector<double>{0, 0, 0, 3, kInfinity}));
  });
}

TEST(SpecialValuesTest, KinksOfHardFunctions) {
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    const std::vector<double> x = {-3, 3};
    Case c{"hard_sigmoid", {}, dtype, tier, Direction::kForward};
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{0, 1}));
    // What a caller gives for 1/6 is the same.
    c.params = {{"alpha", 1.0 / 6}, {"offset", 0.5}};
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{0, 1}));
    c.direction = Direction::kGradient;
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{0, 0}));
    EXPECT_EQ(Evaluate(kernels, c, x, {kInfinity, -kInfinity}), (std::vector<double>{0, 0}));
    // Any other alpha is taken as it is: the double below 1/6 puts the kinks beyond 3.
    c.params = {{"alpha", std::nextafter(1.0 / 6, 0.0)}, {"offset", 0.5}};
    const double slope = Stored(dtype, std::nextafter(1.0 / 6, 0.0));
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{slope, slope}));
    c.function = "hard_swish";
    c.params = {};
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{0, 1}));
  });
}

// A bound between zero and the least number is still on one side of zero.
TEST(SpecialValuesTest, ZerosBesideBoundsThatRoundToZero) {
  Everywhere([](const KernelSet& kernels, DType dtype, Tier tier) {
    for (const char* function : {"clip", "hard_tanh"}) {
      const auto expect = [&](double min, double max, double x, double wanted) {
        const Case c{function, {{"min", min}, {"max", max}}, dtype, tier, Direction::kForward};
        ExpectSame(Evaluate(kernels, c, {x})[0], Stored(dtype, wanted), function);
      };
      for (const double tiny : {1e-50, 1e-320}) {
        for (const double zero : {0.0, -0.0}) {
          expect(-tiny, 1, zero, zero);
          expect(-1, tiny, zero, zero);
        }
        expect(-tiny, 1, -1, -tiny);
        expect(-1, tiny, 1, tiny);
      }
      expect(-1e-62, 4e-130, -8.8e-6, -1e-62);
      expect(-1e-62, 4e-130, 8.8e-6, 4e-130);
    }
  });
}

TEST(SpecialValuesTest, SwishOfAnyBeta) {
  Everywhere([&](const KernelSet& kernels, DType dtype, Tier tier) {
    const std::vector<double> x = {-kInfinity, 0, 2, kInfinity};
    Case c{"swish", {{"beta", 0}}, dtype, tier, Direction::kForward};
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{-kInfinity, 0, 1, kInfinity}));
    c.direction = Direction::kGradient;
    EXPECT_EQ(Evaluate(kernels, c, x), (std::vector<double>{0.5, 0.5, 0.5, 0.5}));
    c.params = {{"beta", -1}};
    EXPECT_EQ(Evaluate(kernels, c, x)[0], 1);
    EXPECT_EQ(Evaluate(kernels, c, x)[3], 0);
    c.direction = Direction::kForward;
    EXPECT_EQ(Evaluate(kernels, c, x)[0], -kInfinity);
    ExpectSame(Evaluate(kernels, c, x)[3], 0, "swish(inf; -1)");
  });
}

}  // namespace
}  // namespace activation
