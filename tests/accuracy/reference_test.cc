// The quick reference against the one of 448 bits.
#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/block_reference.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

float FloatOfBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// The float patterns around x.
void AddNeighbours(double x, std::vector<double>& inputs) {
  float value = static_cast<float>(x);
  for (int i = 0; i < 8; ++i) value = std::nextafter(value, -INFINITY);
  for (int i = 0; i < 17; ++i) {
    inputs.push_back(value);
    value = std::nextafter(value, INFINITY);
  }
}

// Every exponent several times, subnormal ones and the extremes, the bends of
// piecewise functions, the roots of gradients and dense numbers between.
std::vector<double> Inputs() {
  std::vector<double> inputs;
  for (uint32_t exponent = 0; exponent < 255; ++exponent) {
    for (const uint32_t mantissa : {0U, 1U, 0x2aaaabU, 0x7fffffU}) {
      for (const uint32_t sign : {0U, 0x80000000U}) {
        inputs.push_back(FloatOfBits(sign | exponent << 23 | mantissa));
      }
    }
  }
  for (const double x :
       {0.0,  0.125, 0.5,  0.5671432904, 0.8,        1.0,        2.0,        3.0,        6.0,
        20.0, 87.3,  88.7, 104.0,        -0.7517916, -0.7524614, -1.2784645, -1.1924312, -0.7513,
        -0.5, -1.0,  -1.5, -3.0,         -13.5,      -14.36,     -87.3,      -103.97,    -1e30}) {
    AddNeighbours(x, inputs);
  }
  for (int i = -1500; i <= 1500; ++i) inputs.push_back(FloatOfBits(0x3f800000) * i * 0.0137F);
  while (inputs.size() % kBlockLanes != 0) inputs.push_back(1);
  return inputs;
}

// What no storage type of at most 32 bits can show, times any dy.
constexpr double kNothing = 0x1p-300;

double RelativeError(double hi, double lo, const BigFloat& truth) {
  const double value = mpfr_get_d(truth.get(), MPFR_RNDN);
  if (std::isnan(value)) return std::isnan(hi) ? 0 : INFINITY;
  // Beyond the exponential's cut, and poles.
  if (std::fabs(value) > 0x1p300) return std::copysign(1, value) * hi > 0x1p300 ? 0 : INFINITY;
  if (std::fabs(value) < kNothing && std::fabs(hi) < kNothing) return 0;
  const BigFloat error = (BigFloat(hi) + BigFloat(lo)) / truth - BigFloat(1.0L);
  return std::fabs(mpfr_get_d(error.get(), MPFR_RNDN));
}

class BlockReferenceTest : public ::testing::TestWithParam<FunctionId> {
 protected:
  static void ExpectClose(const Params& params) {
    const FunctionInfo& info = Catalogue()[GetParam()];
    const Expression formula(info);
    BlockReference reference(formula, params);
    const std::vector<double> inputs = Inputs();
    std::array<double, 2> worst{};
    std::array<double, 2> worst_x{};
    for (size_t first = 0; first < inputs.size(); first += kBlockLanes) {
      reference.Evaluate(inputs.data() + first);
      for (size_t i = 0; i < kBlockLanes; ++i) {
        const double x = inputs[first + i];
        const Value<BigFloat> truth = formula.At(BigFloat(x), params);
        for (const size_t d : {0, 1}) {
          const DoubleDoubles& block = reference.At(static_cast<Direction>(d));
          const double error =
              RelativeError(block.hi[i], block.lo[i], d == 0 ? truth.v : truth.d[0]);
          if (error <= worst[d]) continue;
          worst[d] = error;
          worst_x[d] = x;
        }
      }
    }
    for (const size_t d : {0, 1}) {
      RecordProperty(d == 0 ? "forward" : "gradient", std::to_string(std::log2(worst[d])));
      EXPECT_LT(worst[d], kBound) << (d == 0 ? "forward" : "gradient") << " at x = " << worst_x[d];
    }
  }

  static constexpr double kBound = 0x1p-60;
};

TEST_P(BlockReferenceTest, AgreesWithArbitraryPrecision) {
  ExpectClose(*ResolveParams(GetParam(), {}));
}

TEST_P(BlockReferenceTest, AgreesForFreeParameters) {
  const FunctionInfo& info = Catalogue()[GetParam()];
  for (size_t i = 0; i < ParamCount(info); ++i) {
    for (const double value : {0.0, 1.5, -2.25, 37.123456789, -1e6, 1e-30}) {
      if (value < info.params[i].minimum || value > info.params[i].maximum) continue;
      SCOPED_TRACE(testing::Message() << info.params[i].name << " = " << value);
      Params params = *ResolveParams(GetParam(), {});
      params.values[i] = value;
      ExpectClose(params);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, BlockReferenceTest,
                         ::testing::Range(FunctionId{0}, ElementwiseFunctions().size()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

}  // namespace
}  // namespace activation::accuracy
