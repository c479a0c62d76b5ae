// The levels of the reference against each other: double-doubles against 448 bits,
// doubles with their bounds against both.
#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/block_reference.h"
#include "tests/accuracy/bounded_reference.h"
#include "tests/accuracy/bounded_settle.h"
#include "tests/accuracy/exact_reference.h"
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
  auto value = static_cast<float>(x);
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

TEST_P(BlockReferenceTest, StepsInArbitraryPrecisionAreTheFormula) {
  const Expression formula(Catalogue()[GetParam()]);
  const Params params = *ResolveParams(GetParam(), {});
  ExactReference reference(formula, params);
  const std::vector<double> inputs = Inputs();
  for (size_t i = 0; i < inputs.size(); i += 7) {
    const Value<BigFloat> truth = formula.At(BigFloat(inputs[i]), params);
    reference.Take(inputs[i]);
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const BigFloat& wanted = direction == Direction::kForward ? truth.v : truth.d[0];
      const BigFloat& value = reference.At(direction);
      if (mpfr_equal_p(value.get(), wanted.get()) != 0) continue;
      if (mpfr_nan_p(value.get()) != 0 && mpfr_nan_p(wanted.get()) != 0) continue;
      const BigFloat error = value / wanted - BigFloat(1.0L);
      EXPECT_LT(std::fabs(mpfr_get_d(error.get(), MPFR_RNDN)), 0x1p-300) << inputs[i];
    }
  }
}

// Blocks of neighbours with several strides at every exponent.
std::vector<double> NeighboursEverywhere() {
  std::vector<double> inputs;
  for (const uint32_t stride : {1U, 64U, 1U << 14, 1U << 17}) {
    for (uint64_t first = 0; first < uint64_t{1} << 32; first += (1U << 22) + 12345) {
      for (uint64_t i = 0; i < kBlockLanes; ++i) {
        const float x = FloatOfBits(static_cast<uint32_t>(first + i * stride));
        inputs.push_back(std::isfinite(x) ? x : 0);
      }
    }
  }
  return inputs;
}

class BoundedReferenceTest : public ::testing::TestWithParam<FunctionId> {
 protected:
  // Returns the share of blocks of which a bound is known.
  double ExpectWithinBounds(const Params& params, const std::vector<double>& inputs) {
    const Expression formula(Catalogue()[GetParam()]);
    BoundedReference bounded(formula, params);
    BlockReference reference(formula, params);
    ExactReference exact(formula, params);
    size_t known = 0;
    for (size_t first = 0; first < inputs.size(); first += kBlockLanes) {
      const double* x = inputs.data() + first;
      bounded.Take(x);
      reference.Evaluate(x);
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        const BoundedDoubles& block = bounded.At(direction);
        const DoubleDoubles& truth = reference.At(direction);
        if (!block.bound.known() && !block.bound.beyond) continue;
        ++known;
        for (size_t i = 0; i < kBlockLanes; ++i) {
          if (!Holds(block, i, truth.hi[i], truth.lo[i])) {
            ADD_FAILURE() << Name(direction) << " at " << x[i] << ": " << block.value[i]
                          << " within " << block.bound.relative << ", is " << truth.hi[i];
            return 0;
          }
        }
        const size_t any = first / kBlockLanes % kBlockLanes;
        exact.Take(x[any]);
        const double value = mpfr_get_d(exact.At(direction).get(), MPFR_RNDN);
        EXPECT_TRUE(Holds(block, any, value, 0)) << x[any];
      }
    }
    const size_t asked = inputs.size() / kBlockLanes * 2;
    return static_cast<double>(known) / static_cast<double>(asked);
  }

 private:
  static bool Holds(const BoundedDoubles& block, size_t i, double hi, double lo) {
    if (block.bound.all_nan) return std::isnan(hi);
    const double value = block.value[i];
    if (block.bound.beyond) return std::copysign(1, value) * hi > 0x1p500;
    // The second term is of this comparison, and of what double-doubles cut off.
    const double room = std::fabs(value) * 0x1p-52 + 0x1p-600;
    return std::fabs(value - hi - lo) <= std::fabs(value) * block.bound.relative + room;
  }
};

TEST_P(BoundedReferenceTest, BoundsHoldAtEveryExponent) {
  const Params params = *ResolveParams(GetParam(), {});
  EXPECT_GT(ExpectWithinBounds(params, NeighboursEverywhere()), 0.95);
  ExpectWithinBounds(params, Inputs());
}

TEST_P(BoundedReferenceTest, BoundsHoldForFreeParameters) {
  const FunctionInfo& info = Catalogue()[GetParam()];
  const std::vector<double> inputs = NeighboursEverywhere();
  for (size_t i = 0; i < ParamCount(info); ++i) {
    for (const double value : {0.0, 1.5, -2.25, 37.123456789, -1e6, 1e-30}) {
      if (value < info.params[i].minimum || value > info.params[i].maximum) continue;
      SCOPED_TRACE(testing::Message() << info.params[i].name << " = " << value);
      Params params = *ResolveParams(GetParam(), {});
      params.values[i] = value;
      ExpectWithinBounds(params, inputs);
    }
  }
}

// What settles nothing wrongly: results next to the nearest ones, and truths next to
// the middle between two.
TEST(SettleTest, TellsNearestFromNeighbours) {
  const Format f32 = FormatOf(DType::kF32);
  std::array<double, kBlockLanes> values{};
  std::array<double, kBlockLanes> results{};
  for (const float here : {0x1p-149F, 0x1p-140F, 0x1p-126F, 0.7F, 1.0F, 3.0F, 0x1p127F}) {
    const float above = std::nextafter(here, INFINITY);
    for (const double offset : {0.1, 0.3, 0.499, 0.501, 0.7, 0.999}) {
      const double x = here + offset * (static_cast<double>(above) - here);
      values.fill(x);
      BoundedDoubles truth;
      TakeInputs(values.data(), truth);
      truth.bound.relative = 0x1p-45;
      for (const float y : {std::nextafter(here, 0.0F), here, above}) {
        results.fill(y);
        uint64_t misrounds = 0;
        EXPECT_TRUE(Settle(f32, results.data(), truth, kBlockLanes, 9, misrounds));
        EXPECT_EQ(misrounds, y == static_cast<float>(x) ? 0 : kBlockLanes) << x << " as " << y;
      }
    }
  }
}

TEST(SettleTest, LeavesWhatIsNearAMiddleOrAboveTheGreatestError) {
  const Format f32 = FormatOf(DType::kF32);
  std::array<double, kBlockLanes> x{};
  std::array<double, kBlockLanes> results{};
  BoundedDoubles truth;
  uint64_t misrounds = 0;
  results.fill(1);
  x.fill(1 + 0x1p-24 + 0x1p-50);
  TakeInputs(x.data(), truth);
  truth.bound.relative = 0x1p-45;
  EXPECT_FALSE(Settle(f32, results.data(), truth, kBlockLanes, 1, misrounds));
  x.fill(1 + 0x1p-25);
  TakeInputs(x.data(), truth);
  truth.bound.relative = 0x1p-45;
  EXPECT_FALSE(Settle(f32, results.data(), truth, kBlockLanes, 0.2, misrounds));
  EXPECT_TRUE(Settle(f32, results.data(), truth, kBlockLanes, 0.3, misrounds));
  truth.bound = {};
  EXPECT_FALSE(Settle(f32, results.data(), truth, kBlockLanes, 1, misrounds));
  // One lane of many.
  x.fill(1);
  x[77] = 1 + 0x1p-24;
  TakeInputs(x.data(), truth);
  truth.bound.relative = 0x1p-45;
  EXPECT_FALSE(Settle(f32, results.data(), truth, kBlockLanes, 1, misrounds));
  EXPECT_TRUE(Settle(f32, results.data(), truth, 77, 1, misrounds));
  EXPECT_EQ(misrounds, 0U);
}

TEST(SettleTest, OfAnExactTruthTellsTies) {
  const Format f32 = FormatOf(DType::kF32);
  std::array<double, kBlockLanes> values{};
  std::array<double, kBlockLanes> results{};
  values.fill(1 + 0x1p-24);
  BoundedDoubles truth;
  TakeInputs(values.data(), truth);
  uint64_t misrounds = 0;
  results.fill(1);
  EXPECT_FALSE(Settle(f32, results.data(), truth, kBlockLanes, 0.4, misrounds));
  EXPECT_TRUE(Settle(f32, results.data(), truth, kBlockLanes, 0.6, misrounds));
  EXPECT_EQ(misrounds, 0U);
  results.fill(1 + 0x1p-23);
  EXPECT_TRUE(Settle(f32, results.data(), truth, kBlockLanes, 0.6, misrounds));
  EXPECT_EQ(misrounds, kBlockLanes);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, BoundedReferenceTest,
                         ::testing::Range(FunctionId{0}, ElementwiseFunctions().size()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

INSTANTIATE_TEST_SUITE_P(Catalogue, BlockReferenceTest,
                         ::testing::Range(FunctionId{0}, ElementwiseFunctions().size()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

}  // namespace
}  // namespace activation::accuracy
