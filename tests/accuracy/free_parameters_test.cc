// Functions with parameters at random values of all of them together, at random x and
// dy and where the parameters themselves are x. AccuracyTest.FreeParameters tries a few
// chosen values at many x.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "tests/accuracy/point_check.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

constexpr int kParameterSets = 36;
constexpr int kPointsOfASort = 16;

std::vector<FunctionId> FunctionsWithParameters() {
  std::vector<FunctionId> functions;
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    if (ParamCount(Catalogue()[id]) > 0) functions.push_back(id);
  }
  return functions;
}

class FreeParametersTest : public ::testing::TestWithParam<FunctionId> {
 protected:
  // Of every size the parameter may have, half of them such as people choose.
  double Value(const ParamInfo& param) {
    std::normal_distribution<double> usual(0, 3);
    std::uniform_real_distribution<double> exponent(-24, 24);
    const double value = usual(random_);
    const bool any_size = std::bernoulli_distribution()(random_);
    const double sized = any_size ? std::copysign(std::exp2(exponent(random_)), value) : value;
    const double allowed = param.minimum >= 0 ? std::fabs(sized) : sized;
    return std::clamp(allowed, param.minimum, param.maximum);
  }

  Params Values() {
    const FunctionInfo& info = Catalogue()[GetParam()];
    Params params;
    for (size_t i = 0; i < ParamCount(info); ++i) params.values[i] = Value(info.params[i]);
    if (info.ordered_params) std::sort(params.values.begin(), params.values.end());
    return params;
  }

  double Plain() { return std::normal_distribution<double>(0, 4)(random_); }

  double OfAnyExponent(DType dtype) {
    const Format format = FormatOf(dtype);
    std::uniform_real_distribution<double> exponent(format.least_exponent - format.precision,
                                                    format.greatest_exponent);
    return std::copysign(std::exp2(exponent(random_)), Plain());
  }

  Points Draw(DType dtype, const Params& params) {
    Points points;
    points.function = GetParam();
    points.params = params;
    points.dtype = dtype;
    for (int i = 0; i < kPointsOfASort; ++i) {
      points.x.push_back(BitsOf(dtype, Plain()));
      points.x.push_back(BitsOf(dtype, OfAnyExponent(dtype)));
    }
    for (size_t i = 0; i < ParamCount(Catalogue()[GetParam()]); ++i) {
      // Beyond the type's numbers nothing is near.
      if (std::fabs(params.values[i]) > std::ldexp(1, FormatOf(dtype).greatest_exponent)) continue;
      const std::vector<uint64_t> near = Neighbours(dtype, params.values[i], 2);
      points.x.insert(points.x.end(), near.begin(), near.end());
    }
    return points;
  }

  std::mt19937_64 random_{5};
};

TEST_P(FreeParametersTest, AreTakenExactly) {
  for (int set = 0; set < kParameterSets; ++set) {
    const Params params = Values();
    SCOPED_TRACE(testing::Message()
                 << "parameters " << std::hexfloat << params.values[0] << " " << params.values[1]);
    for (const DType dtype : kAllDTypes) {
      Points points = Draw(dtype, params);
      ExpectRight(points);
      points.direction = Direction::kGradient;
      ExpectRight(points);
      for (size_t i = 0; i < points.x.size(); ++i) {
        points.dy.push_back(BitsOf(dtype, i % 2 == 0 ? Plain() : OfAnyExponent(dtype)));
      }
      ExpectRight(points);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, FreeParametersTest,
                         ::testing::ValuesIn(FunctionsWithParameters()), [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

}  // namespace
}  // namespace activation::accuracy
