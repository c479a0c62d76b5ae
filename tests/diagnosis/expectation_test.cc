// Expectations over a normal distribution against closed forms and against another rule.
#include "src/diagnosis/expectation.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>

#include "gtest/gtest.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cpu/evaluate.h"
#include "src/diagnosis/normal.h"

namespace activation::diagnosis {
namespace {

// Twelve digits, or as many places where a figure is 0.
void ExpectClose(double wanted, double got) {
  EXPECT_NEAR(got, wanted, 1e-11 * std::max(1e-2, std::abs(wanted)));
}

// Ten digits, however small.
void ExpectDigits(double wanted, double got) { EXPECT_NEAR(got, wanted, 1e-10 * std::abs(wanted)); }

struct Expected {
  Figures figures;
  size_t evaluations = 0;
};

Expected ExpectOf(const char* function, const NamedValues& params, const Normal& normal) {
  Evaluation evaluation;
  evaluation.function = *FindFunction(function);
  evaluation.params = *ResolveParams(evaluation.function, params);
  evaluation.dtype = DType::kF64;
  size_t evaluations = 0;
  const auto figures = Expect(
      normal, [&](absl::Span<const double> x, absl::Span<double> y, absl::Span<double> slope) {
        evaluations += x.size();
        evaluation.count = x.size();
        evaluation.x = x.data();
        evaluation.direction = Direction::kForward;
        evaluation.out = y.data();
        EvaluateStretch(BestKernels(), evaluation, 0, x.size());
        evaluation.direction = Direction::kGradient;
        evaluation.out = slope.data();
        EvaluateStretch(BestKernels(), evaluation, 0, x.size());
        return absl::OkStatus();
      });
  EXPECT_TRUE(figures.ok());
  return {*figures, evaluations};
}

Figures Of(const char* function, const Normal& normal) {
  return ExpectOf(function, {}, normal).figures;
}

TEST(ExpectTest, ReluHasItsClosedForm) {
  const Figures relu = Of("relu", {});
  ExpectClose(1 / std::sqrt(2 * std::numbers::pi), relu.mean);
  ExpectClose(0.5 - 0.5 / std::numbers::pi, relu.variance);
  ExpectClose(0.5, relu.gradient_gain);
  ExpectClose(0.5, relu.zeros);
  ExpectClose(0.5, relu.dead);
  ExpectClose(0.5, relu.saturated);
  ExpectClose(0, relu.non_finite);
  // PyTorch's calculate_gain("relu").
  ExpectClose(std::numbers::sqrt2, ForwardGain(relu));
  ExpectClose(std::numbers::sqrt2, BackwardGain(relu));
  ExpectClose(std::exp2(-50), GradientLeft(relu, 50));
}

TEST(ExpectTest, LeakyReluHasPyTorchsGain) {
  const double wanted = std::sqrt(2 / (1 + 0.01 * 0.01));  // calculate_gain("leaky_relu", 0.01)
  ExpectClose(wanted, ForwardGain(Of("leaky_relu", {})));
  ExpectClose(wanted, BackwardGain(Of("leaky_relu", {})));
}

TEST(ExpectTest, ExpOfAWideDistributionIsLargestFarOut) {
  const Figures exp = Of("exp", {.mean = 0, .deviation = 5});
  ExpectClose(std::exp(12.5), exp.mean);
  ExpectClose(std::exp(50), exp.gradient_gain);
  // ln 0.001 / 5 and below.
  ExpectClose(0.5 * std::erfc(-std::log(1e-3) / 5 / std::numbers::sqrt2), exp.saturated);
}

TEST(ExpectTest, WhatOverflowsIsCountedAndLeftOut) {
  const Figures exp = Of("exp", {.mean = 0, .deviation = 400});
  const double most = std::log(std::numeric_limits<double>::max());
  ExpectClose(0.5 * std::erfc(most / 400 / std::numbers::sqrt2), exp.non_finite);
  EXPECT_TRUE(std::isinf(exp.variance));
}

// |f'| < 0.001 for |x| < 0.0005, and a kink where it changes its sign.
TEST(ExpectTest, NarrowRangesAreFound) {
  ExpectClose(std::erf(5e-4 / std::numbers::sqrt2), Of("square", {}).saturated);
  ExpectClose(0, Of("abs", {}).saturated);
}

TEST(ExpectTest, AMeanFarFromZeroLeavesTheVariance) {
  const Figures identity = Of("identity", {.mean = 1e6, .deviation = 0.5});
  ExpectClose(1e6, identity.mean);
  EXPECT_NEAR(identity.variance, 0.25, 1e-9);
  EXPECT_EQ(identity.gradient_gain, 1);
}

// The share of inputs between `from` and `to`.
double ShareBetween(double from, double to, const Normal& normal) {
  const double scale = std::numbers::sqrt2 * normal.deviation;
  const double a = (from - normal.mean) / scale;
  const double b = (to - normal.mean) / scale;
  // Where the difference would cancel, all of it is near to a.
  if (b - a < 1e-3) {
    const double middle = (a + b) / 2;
    return (b - a) * std::exp(-middle * middle) / std::sqrt(std::numbers::pi) *
           (1 + (b - a) * (b - a) * (2 * middle * middle - 1) / 12);
  }
  return a > 0 ? (std::erfc(a) - std::erfc(b)) / 2 : (std::erfc(-b) - std::erfc(-a)) / 2;
}

// What functions do within some 1 of 0, where the deviation is far larger.
TEST(ExpectTest, WhatIsNarrowBesideTheDeviationIsFound) {
  for (const double deviation : {30.0, 1500.0, 2000.0, 3000.0, 1e4, 1e6, 1e9, 1e14, 1e18}) {
    for (const double mean : {0.0, 1.0, -6.0, 3.0, 10.0, 100.0}) {
      const Normal normal{.mean = mean, .deviation = deviation};
      SCOPED_TRACE(testing::Message() << "N(" << mean << ", " << deviation << ")");
      const double linear = ShareBetween(-1, 1, normal);
      for (const char* function : {"hard_tanh", "clip"}) {
        const Figures figures = Of(function, normal);
        ExpectDigits(linear, figures.gradient_gain);
        EXPECT_NEAR(figures.dead, 1 - linear, 1e-13);
      }
      ExpectDigits(ShareBetween(-3, 3, normal) / 36, Of("hard_sigmoid", normal).gradient_gain);
      // Of exp(-2 x^2) the mean is exp(-2 m^2 / (1 + 4 s^2)) / sqrt(1 + 4 s^2), by completing
      // the square.
      const double wide = 1 + 4 * deviation * deviation;
      ExpectDigits(4 / std::numbers::pi * std::exp(-2 * mean * mean / wide) / std::sqrt(wide),
                   Of("erf", normal).gradient_gain);
      // The integral of f'^2, where the density is the same all over.
      if (deviation < 1e9) continue;
      const double density = Density(mean / deviation) / deviation;
      ExpectDigits(4.0 / 3 * density, Of("tanh", normal).gradient_gain);
      ExpectDigits(1.0 / 6 * density, Of("sigmoid", normal).gradient_gain);
    }
    if (deviation < 1e14) continue;
    const Normal normal{.mean = 0, .deviation = deviation};
    ExpectDigits(2.0 / 3 * Density(0) / deviation, Of("softsign", normal).gradient_gain);
  }
}

// A step that no point lies on tells of itself by what it adds to f.
TEST(ExpectTest, WhatIsNarrowFarFromZeroIsFound) {
  for (const double from : {-7e3, 300.0, 1e5}) {
    for (const Normal& normal :
         {Normal{0, 1e4}, Normal{from, 1e3}, Normal{1, 1e9}, Normal{0, 1e18}, Normal{from, 1e12}}) {
      const NamedValues params = {{"min", from}, {"max", from + 1}};
      const double gain = ExpectOf("clip", params, normal).figures.gradient_gain;
      const double wanted = ShareBetween(from, from + 1, normal);
      // Numbers near to 1e5 are a hundred-billionth apart.
      EXPECT_NEAR(gain, wanted, 1e-9 * wanted) << from << " " << normal.deviation;
    }
  }
}

// hard_swish's slope is 3/2 on one side of 3 and 1 on the other, and neither is dead. About these
// means the kink is between an interval's end and the point of the rule that is next to it.
TEST(ExpectTest, AKinkBesideAnEndIsFound) {
  for (int i = 0; i < 40; ++i) {
    const double mean = 0.0305 + i * 5e-5;
    const double a = -3 - mean;
    const double b = 3 - mean;
    // Of (x / 3 + 1/2)^2 by the moments of the normal distribution between both kinks.
    const double share = ShareBetween(a, b, {});
    const double first = Density(a) - Density(b);
    const double second = share + a * Density(a) - b * Density(b);
    const double height = mean / 3 + 0.5;
    const double wanted = height * height * share + 2 * height * first / 3 + second / 9 +
                          0.5 * std::erfc(b / std::numbers::sqrt2);
    ExpectDigits(wanted, Of("hard_swish", {.mean = mean, .deviation = 1}).gradient_gain);
  }
}

TEST(ExpectTest, ABoundedDerivativeLeavesNoInfinity) {
  for (const double deviation : {1e-6, 0.3, 1e4, 1e6, 1e9, 1e12, 1e15, 1e18, 1e100, 1e308}) {
    for (const double mean : {0.0, 1e-3, 10.0, 100.0, -1e6}) {
      for (const char* function : {"erf", "tanh", "softsign", "sigmoid", "hard_tanh", "gelu",
                                   "mish", "softplus", "hard_sigmoid", "relu"}) {
        const double gain = Of(function, {.mean = mean, .deviation = deviation}).gradient_gain;
        EXPECT_LT(gain, 1.3) << function << " N(" << mean << ", " << deviation << ")";
      }
    }
  }
}

// exp(-x^2) is 1 at the mean and almost 0 elsewhere: of its variance nothing is left beside 1.
TEST(ExpectTest, WhatFIsAtTheMeanMayBeRare) {
  const double deviation = 1e10;
  const auto figures =
      Expect({.mean = 0, .deviation = deviation},
             [](absl::Span<const double> x, absl::Span<double> y, absl::Span<double> slope) {
               for (size_t i = 0; i < x.size(); ++i) {
                 y[i] = std::exp(-x[i] * x[i]);
                 slope[i] = y[i] == 0 ? 0 : -2 * x[i] * y[i];
               }
               return absl::OkStatus();
             });
  const double mean = 1 / std::sqrt(1 + 2 * deviation * deviation);
  ExpectDigits(mean, figures->mean);
  ExpectDigits(1 / std::sqrt(1 + 4 * deviation * deviation) - mean * mean, figures->variance);
}

TEST(ExpectTest, MeansOfOddFunctionsAreZeroAndSmallOnesAreNot) {
  for (const char* odd : {"tanh", "erf", "identity", "softsign", "tanhshrink"}) {
    for (const double deviation : {1e-9, 1.0, 1e9}) {
      EXPECT_EQ(Of(odd, {.mean = 0, .deviation = deviation}).mean, 0) << odd;
    }
  }
  EXPECT_NEAR(1e-9, Of("identity", {.mean = 1e-9, .deviation = 1}).mean, 1e-15);
  ExpectDigits(std::exp(50), Of("exp", {.mean = 0, .deviation = 10}).mean);
  ExpectDigits(std::exp(-1000.0 / 2) * std::exp(0.5),
               Of("exp", {.mean = -500, .deviation = 1}).mean);
}

// The trapezoidal rule, which of what is smooth and dies away at both ends is right to all
// digits, on functions of the mathematical library.
TEST(ExpectTest, SmoothFunctionsAgreeWithAnotherRule) {
  const auto sum = [](const std::function<long double(long double)>& g) {
    long double total = 0;
    const long double h = 1.0L / 64;
    for (int i = -64 * 30; i <= 64 * 30; ++i) {
      const long double t = i * h;
      total += h * g(t) * std::exp(-t * t / 2) / std::sqrt(2 * std::numbers::pi_v<long double>);
    }
    return static_cast<double>(total);
  };
  const auto tanh = [](long double x) { return std::tanh(x); };
  const auto tanh_slope = [](long double x) { return 1 / std::cosh(x) / std::cosh(x); };
  const Figures of_tanh = Of("tanh", {});
  ExpectClose(0, of_tanh.mean);
  ExpectClose(sum([&](long double x) { return tanh(x) * tanh(x); }), of_tanh.variance);
  ExpectClose(sum([&](long double x) { return tanh_slope(x) * tanh_slope(x); }),
              of_tanh.gradient_gain);
  const auto gelu = [](long double x) {
    return x / 2 * std::erfc(-x / std::numbers::sqrt2_v<long double>);
  };
  const Figures of_gelu = Of("gelu", {});
  const double mean = sum(gelu);
  ExpectClose(mean, of_gelu.mean);
  ExpectClose(sum([&](long double x) { return gelu(x) * gelu(x); }) - mean * mean,
              of_gelu.variance);
}

// The most that was seen is 86,565, of squares below the smallest normal number; the cap is far
// above.
constexpr size_t kFewEvaluations = 100'000;

void ExpectFew(const char* function, const NamedValues& params, const Normal& normal) {
  const Expected expected = ExpectOf(function, params, normal);
  EXPECT_LE(expected.evaluations, kFewEvaluations) << function;
  for (const double share : {expected.figures.non_finite, expected.figures.zeros,
                             expected.figures.dead, expected.figures.saturated}) {
    EXPECT_GE(share, 0) << function;
    EXPECT_LE(share, 1) << function;
  }
}

TEST(ExpectTest, NoParameterMakesItLong) {
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    ExpectFew(info.name, {}, {});
    for (size_t i = 0; i < ParamCount(info); ++i) {
      const ParamInfo& param = info.params[i];
      for (const double value : {param.minimum, param.maximum, param.minimum + 1e-11}) {
        SCOPED_TRACE(testing::Message() << info.name << " " << param.name << " = " << value);
        // One end of one parameter may contradict the default of another.
        if (!ResolveParams(*FindFunction(info.name), {{param.name, value}}).ok()) continue;
        ExpectFew(info.name, {{param.name, value}}, {});
      }
    }
  }
  const Expected flat = ExpectOf("hard_sigmoid", {{"alpha", 1e-11}}, {});
  EXPECT_LE(flat.evaluations, kFewEvaluations);
  EXPECT_NEAR(flat.figures.mean, 0.5, 1e-15);
  EXPECT_NEAR(flat.figures.variance, 1e-22, 1e-26);
}

TEST(ExpectTest, NoDeviationMakesItLong) {
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    for (const double deviation : {1e-10, 1e-160, 1e-300, 5e-324, 1e10, 1e300}) {
      for (const double mean : {0.0, 1.0, -1e6}) {
        SCOPED_TRACE(testing::Message() << "N(" << mean << ", " << deviation << ")");
        ExpectFew(info.name, {}, {.mean = mean, .deviation = deviation});
      }
    }
  }
}

TEST(ExpectTest, ANarrowDistributionHasItsFigures) {
  const Figures relu = Of("relu", {.mean = 0, .deviation = 1e-300});
  ExpectClose(1, relu.mean / (1e-300 / std::sqrt(2 * std::numbers::pi)));
  EXPECT_EQ(relu.variance, 0);  // below the smallest number
  ExpectClose(0.5, relu.gradient_gain);
  const Figures square = Of("identity", {.mean = 0, .deviation = 1e-150});
  ExpectClose(1, square.variance / 1e-300);
  const Figures sigmoid = Of("sigmoid", {.mean = 0, .deviation = 1e-10});
  ExpectClose(0.5, sigmoid.mean);
  // Of 1e-16, the last place of 1/2, there are few in a deviation of f.
  EXPECT_NEAR(sigmoid.variance / 6.25e-22, 1, 1e-5);
  ExpectClose(1.0 / 16, sigmoid.gradient_gain);
  EXPECT_EQ(sigmoid.non_finite, 0);
}

// f' = 1 / (1 + x), whose square has no integral over a range that ends at -1.
TEST(ExpectTest, AnIntegralBesideAPoleIsInfinite) {
  const Figures log1p = Of("log1p", {});
  EXPECT_EQ(log1p.gradient_gain, std::numeric_limits<double>::infinity());
  ExpectClose(0.5 * std::erfc(1 / std::numbers::sqrt2), log1p.non_finite);
  // log^2 has one.
  EXPECT_TRUE(std::isfinite(log1p.variance));
  EXPECT_EQ(BackwardGain(log1p), 0);
  for (const double mean : {-3.0, -1.7, -1.0, 0.1, 0.77, 2.0}) {
    EXPECT_EQ(Of("log1p", {.mean = mean, .deviation = 0.5}).gradient_gain,
              std::numeric_limits<double>::infinity())
        << mean;
  }
  // The pole of some lies where weight and luck with points are least.
  for (const Normal& normal :
       {Normal{0.17424850722219462, 0.22789518558931146},
        Normal{-1.454307987410022, 0.3742822437401738},
        Normal{-1.0002430462095615, 7.687353999853861e-05}, Normal{0, 1e6}, Normal{0, 1e18}}) {
    EXPECT_EQ(Of("log1p", normal).gradient_gain, std::numeric_limits<double>::infinity())
        << normal.mean << " " << normal.deviation;
  }
  EXPECT_TRUE(std::isfinite(Of("log1p", {.mean = 40, .deviation = 1}).gradient_gain));
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    if (info.name != std::string("log1p")) {
      EXPECT_TRUE(std::isfinite(Of(info.name, {}).gradient_gain)) << info.name;
    }
  }
}

// Integrals of 1 / sqrt and of its square beside 0, where numbers never become too narrow.
TEST(ExpectTest, AWeakPoleHasItsIntegral) {
  const auto with_slope = [](double power) {
    const auto figures = Expect({}, [power](absl::Span<const double> x, absl::Span<double> y,
                                            absl::Span<double> slope) {
      for (size_t i = 0; i < x.size(); ++i) {
        const double away = std::abs(x[i]);
        slope[i] = std::pow(away, -power);
        const double above = power == 1 ? std::log(away) : std::pow(away, 1 - power) / (1 - power);
        y[i] = x[i] < 0 ? -above : above;
      }
      return absl::OkStatus();
    });
    return figures->gradient_gain;
  };
  // Of |x|^-1/2: 2^-1/4 gamma(1/4) / sqrt(pi).
  EXPECT_NEAR(
      with_slope(0.25) / (std::exp2(-0.25) * std::tgamma(0.25) / std::sqrt(std::numbers::pi)), 1,
      1e-6);
  EXPECT_EQ(with_slope(0.5), std::numeric_limits<double>::infinity());
  EXPECT_EQ(with_slope(1), std::numeric_limits<double>::infinity());
}

TEST(ExpectTest, SharesOfNoneAndAllAreThat) {
  const Figures identity = Of("identity", {});
  EXPECT_EQ(identity.non_finite, 0);
  EXPECT_EQ(identity.dead, 0);
  EXPECT_EQ(Of("relu", {.mean = -50, .deviation = 1}).dead, 1);
}

// Noise that no floor knows of: what is open when enough was asked stands.
TEST(ExpectTest, NoiseEndsItToo) {
  size_t evaluations = 0;
  uint32_t state = 1;
  const auto noisy = [&](absl::Span<const double> x, absl::Span<double> y,
                         absl::Span<double> slope) {
    evaluations += x.size();
    for (size_t i = 0; i < x.size(); ++i) {
      state = state * 1664525 + 1013904223;
      y[i] = state / 4294967296.0;
      slope[i] = 1;
    }
    return absl::OkStatus();
  };
  const auto figures = Expect({}, noisy);
  ASSERT_TRUE(figures.ok());
  EXPECT_LE(evaluations, size_t{1} << 19);
  EXPECT_NEAR(figures->mean, 0.5, 0.05);
}

TEST(ExpectTest, AnErrorOfTheFunctionIsTheResult) {
  const auto failing = [](absl::Span<const double>, absl::Span<double>, absl::Span<double>) {
    return absl::AbortedError("no");
  };
  EXPECT_EQ(Expect({}, failing).status(), absl::AbortedError("no"));
}

}  // namespace
}  // namespace activation::diagnosis
