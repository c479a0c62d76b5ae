// Gradients by the parameters of elementwise functions, element by element, against arbitrary
// precision: within a unit in the last place of f64, whatever the dtype of the tensors.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/element.h"
#include "tests/accuracy/expression.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

// A function and which of its parameters.
struct Parameter {
  FunctionId function;
  size_t index;
};

std::vector<Parameter> DifferentiableParameters() {
  std::vector<Parameter> parameters;
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    for (size_t i = 0; i < kMaxParams; ++i) {
      if (Catalogue()[id].params[i].differentiable) parameters.push_back({id, i});
    }
  }
  return parameters;
}

class ParameterGradientsTest : public ::testing::TestWithParam<Parameter> {
 protected:
  const FunctionInfo& info() const { return Catalogue()[GetParam().function]; }
  const char* name() const { return info().params[GetParam().index].name; }

  // What one element adds, on every instruction set alike.
  double TermOf(double value, DType dtype, double x, double dy) const {
    const uint64_t x_bits = BitsOf(dtype, x);
    const uint64_t dy_bits = BitsOf(dtype, dy);
    Evaluation evaluation;
    evaluation.function = GetParam().function;
    evaluation.params = *ResolveParams(evaluation.function, {{name(), value}});
    evaluation.dtype = dtype;
    evaluation.direction = Direction::kGradient;
    evaluation.count = 1;
    evaluation.x = &x_bits;
    evaluation.dy = &dy_bits;
    const auto term_on = [&](const KernelSet& kernels) {
      return SumParameterTerms(kernels, evaluation, 0, 1)[GetParam().index].Total();
    };
    const double term = term_on(AllKernels().front());
    for (const KernelSet& kernels : AllKernels()) {
      EXPECT_EQ(std::bit_cast<uint64_t>(term_on(kernels)), std::bit_cast<uint64_t>(term))
          << kernels.target;
    }
    return term;
  }

  void Check(double value, DType dtype, double x, double dy) const {
    x = Load(dtype, std::array{BitsOf(dtype, x)}.data(), 0);
    dy = Load(dtype, std::array{BitsOf(dtype, dy)}.data(), 0);
    if (!std::isfinite(x) || !std::isfinite(dy)) return;
    const Expression formula(info());
    const Params params = *ResolveParams(GetParam().function, {{name(), value}});
    const BigFloat truth = BigFloat(dy) * formula.At(BigFloat(x), params).d[1 + GetParam().index];
    const double term = TermOf(value, dtype, x, dy);
    const Format f64 = FormatOf(DType::kF64);
    const long double nearest = mpfr_get_ld(truth.get(), MPFR_RNDN);
    const long double error =
        std::isinf(term) ? UlpError(f64, term, nearest)
                         : std::ldexp(mpfr_get_ld((truth - BigFloat(term)).get(), MPFR_RNDN),
                                      -GapExponent(f64, nearest));
    EXPECT_LE(std::fabs(static_cast<double>(error)), 1)
        << std::hexfloat << name() << " " << value << ", x " << x << ", dy " << dy << ": " << term
        << " for " << static_cast<double>(nearest);
  }
};

TEST_P(ParameterGradientsTest, AreRightForRandomNumbers) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> usual(0, 3);
  std::uniform_real_distribution<double> exponent(-60, 60);
  const ParamInfo& param = info().params[GetParam().index];
  for (int i = 0; i < 300; ++i) {
    const double sized = std::copysign(std::exp2(exponent(random) / 4), usual(random));
    const double any = i % 2 == 0 ? usual(random) : sized;
    const double value =
        std::clamp(param.minimum > 0 ? std::fabs(any) : any, param.minimum, param.maximum);
    const double x =
        i % 3 == 0 ? std::copysign(std::exp2(exponent(random)), usual(random)) : usual(random);
    const double dy =
        i % 5 == 0 ? std::copysign(std::exp2(exponent(random)), usual(random)) : usual(random);
    for (const DType dtype : {DType::kF64, kAllDTypes[i % 4]}) Check(value, dtype, x, dy);
  }
}

// Around zero, where what is added up cancels, and where factors are out of the range of numbers
// and the product is not.
TEST_P(ParameterGradientsTest, AreRightAtTheEnds) {
  const ParamInfo& param = info().params[GetParam().index];
  for (const double value : {param.default_value, 0.3, 1e-6, 1e6, -2.5, 0.0, 1e-30}) {
    if (value < param.minimum || value > param.maximum) continue;
    for (const double x : {0.3339, 0.3401, 0.35, 1e-3, 1e-8, 1e-14, 1e-20, 1e-40, 7.0, 36.0, 44.0,
                           300.0, 700.0, 745.0, 1e4, 7.4e8, 1e150, 1e300, 0.0}) {
      for (const double dy : {1.0, -1.7e308, 1e-300, 1e100}) {
        Check(value, DType::kF64, x, dy);
        Check(value, DType::kF64, -x, dy);
        // The same as the argument of the exponential.
        if (value != 0) Check(value, DType::kF64, x / value, dy);
        if (value != 0) Check(value, DType::kF64, -x * value, dy);
      }
    }
  }
}

// Below zero alone do these parameters count, so that inf times nothing is nothing.
TEST_P(ParameterGradientsTest, AreNothingWhereTheParameterIs) {
  if (std::string(info().name) == "swish") GTEST_SKIP() << "counts everywhere";
  const double value = info().params[GetParam().index].default_value;
  for (const DType dtype : kAllDTypes) {
    EXPECT_EQ(TermOf(value, dtype, 2, kInfinity), 0);
    EXPECT_EQ(TermOf(value, dtype, kInfinity, -kInfinity), 0);
    EXPECT_TRUE(std::isinf(TermOf(value, dtype, -2, kInfinity)));
  }
}

// Also where what it multiplies has decayed to nothing.
TEST_P(ParameterGradientsTest, WhatIsNoFiniteNumberStaysSo) {
  const double value = info().params[GetParam().index].default_value;
  for (const double x : {-1e-3, -2.0, -100.0}) {
    EXPECT_TRUE(std::isnan(TermOf(value, DType::kF64, x, kNotANumber))) << x;
  }
  if (std::string(info().name) != "swish") return;
  for (const double x : {2000.0, -2000.0, 1e300}) {
    EXPECT_TRUE(std::isnan(TermOf(value, DType::kF64, x, kNotANumber))) << x;
    EXPECT_EQ(TermOf(value, DType::kF64, x, -kInfinity), -kInfinity) << x;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ParameterGradientsTest,
                         ::testing::ValuesIn(DifferentiableParameters()), [](const auto& test) {
                           return std::string(Catalogue()[test.param.function].name);
                         });

}  // namespace
}  // namespace activation::accuracy
