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

// The most that was seen is 86,633, of squares below the smallest normal number; the cap is far
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
    const auto figures = Expect(
        {}, [power](absl::Span<const double> x, absl::Span<double> y, absl::Span<double> slope) {
          for (size_t i = 0; i < x.size(); ++i) {
            y[i] = 0;
            slope[i] = std::pow(std::abs(x[i]), -power);
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

TEST(StratifiedSampleTest, HoldsTheMediansOfItsRanges) {
  const std::vector<double> sample = StratifiedSample({.mean = 3, .deviation = 2}, 4);
  ASSERT_EQ(sample.size(), 4u);
  // As Python's statistics.NormalDist(3, 2).inv_cdf has them.
  EXPECT_NEAR(sample[0], 0.6993012392479843, 1e-14);
  EXPECT_NEAR(sample[1], 2.3627212720712496, 1e-14);
  EXPECT_EQ(sample[2], 6 - sample[1]);
  EXPECT_EQ(sample[3], 6 - sample[0]);
  EXPECT_EQ(StratifiedSample({.mean = 3, .deviation = 2}, 1), std::vector<double>{3});
  EXPECT_TRUE(StratifiedSample({}, 0).empty());
  const std::vector<double> many = StratifiedSample({}, 100001);
  EXPECT_EQ(many[50000], 0);
  for (size_t i = 1; i < many.size(); ++i) ASSERT_LT(many[i - 1], many[i]);
  for (const size_t i : {size_t{0}, size_t{7}, size_t{20000}, size_t{49999}}) {
    const double p = 0.5 * std::erfc(-many[i] / std::numbers::sqrt2);
    EXPECT_NEAR(p, (static_cast<double>(i) + 0.5) / 100001, 1e-15);
  }
}

}  // namespace
}  // namespace activation::diagnosis
