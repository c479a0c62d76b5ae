// Every function against its own formula in 106 and 448 bits, in every dtype,
// tier, direction and instruction set. activation-prove does the same with more
// inputs.
#include <cmath>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/expression.h"
#include "tests/accuracy/sweep.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

class AccuracyTest : public ::testing::TestWithParam<FunctionId> {
 protected:
  SweepOptions Options(DType dtype, uint64_t samples) const {
    SweepOptions options;
    options.function = GetParam();
    options.params = *ResolveParams(GetParam(), {});
    options.dtype = dtype;
    options.samples = samples;
    return options;
  }

  static void ExpectBounds(const SweepOptions& options, const SweepResult& result) {
    EXPECT_EQ(result.TargetDifferences(), 0U);
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const Tier tier : {Tier::kExact, Tier::kFast}) {
        const Tally& tally = result.At(tier, direction);
        EXPECT_TRUE(TriesEnough(options, tally)) << tally.checked;
        EXPECT_LE(tally.max_ulp, PromisedUlp(options.dtype, tier, direction))
            << Name(tier) << " " << Name(direction) << " at x = " << tally.worst_x;
        if (options.dtype != DType::kF64 && tier == Tier::kExact) {
          EXPECT_EQ(tally.misrounds, 0U) << Name(direction);
        }
      }
    }
  }

 private:
  // All finite inputs of the 16-bit types, but for those with an infinite dy.
  static bool TriesEnough(const SweepOptions& options, const Tally& tally) {
    if (SizeOf(options.dtype) != 2) return tally.checked > options.samples / 4 * 3;
    const uint64_t finite = options.dtype == DType::kF16 ? 63488 : 65280;
    return options.with_dy ? tally.checked > finite / 16 * 15 : tally.checked == finite;
  }
};

TEST_P(AccuracyTest, F32) {
  const SweepOptions options = Options(DType::kF32, 1 << 20);
  ExpectBounds(options, Sweep(options));
}

TEST_P(AccuracyTest, F32WithAnyDy) {
  SweepOptions options = Options(DType::kF32, 1 << 18);
  options.with_dy = true;
  ExpectBounds(options, Sweep(options));
}

TEST_P(AccuracyTest, HalfTypesAtEveryInput) {
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    SweepOptions options = Options(dtype, 65536);
    ExpectBounds(options, Sweep(options));
    options.with_dy = true;
    ExpectBounds(options, Sweep(options));
  }
}

TEST_P(AccuracyTest, F64) {
  const SweepOptions options = Options(DType::kF64, 4000);
  ExpectBounds(options, Sweep(options));
}

TEST_P(AccuracyTest, FreeParameters) {
  const FunctionInfo& info = Catalogue()[GetParam()];
  for (size_t i = 0; i < ParamCount(info); ++i) {
    for (const double value : {0.0, 1.5, -2.25, 1e-3, 37.123456789, -1e6, 1e-30}) {
      if (value < info.params[i].minimum || value > info.params[i].maximum) continue;
      for (const DType dtype : kAllDTypes) {
        SweepOptions options = Options(dtype, dtype == DType::kF64 ? 500 : 1 << 14);
        options.params.values[i] = value;
        if (info.ordered_params && options.params.values[0] > options.params.values[1]) continue;
        SCOPED_TRACE(testing::Message()
                     << info.params[i].name << " = " << value << " " << Name(dtype));
        ExpectBounds(options, Sweep(options));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AccuracyTest,
                         ::testing::Range(FunctionId{0}, ElementwiseFunctions().size()),
                         [](const auto& test) {
                           return std::string(Catalogue()[test.param].name);
                         });

// The judge judged: what it says of known cases.
TEST(UlpTest, ErrorsOfNeighbours) {
  const Format f32 = FormatOf(DType::kF32);
  EXPECT_EQ(UlpError(f32, 1.0, 1.0L), 0);
  EXPECT_EQ(UlpError(f32, std::nextafterf(1.0F, 2.0F), 1.0L), 1);
  EXPECT_EQ(UlpError(f32, 0.0, 0x1p-149L), 1);
  EXPECT_EQ(UlpError(FormatOf(DType::kBF16), 1.0, 1.0L + 0x1p-8L), 0.5L);
}

TEST(UlpTest, NearestIncludesTiesAndSubnormals) {
  const Format f32 = FormatOf(DType::kF32);
  EXPECT_TRUE(IsNearest(f32, 1.0, BigFloat(1 + 0x1p-24L)));
  EXPECT_FALSE(IsNearest(f32, 1.0, BigFloat(1 + 0x1p-24L + 0x1p-60L)));
  EXPECT_TRUE(IsNearest(f32, 0x1p-149, BigFloat(0x1.8p-150L)));
  EXPECT_TRUE(IsNearest(f32, 0, BigFloat(0x1p-150L)));
  EXPECT_FALSE(IsNearest(f32, 0, BigFloat(0x1.01p-150L)));
}

TEST(ExpressionTest, EvaluatesAndDifferentiates) {
  FunctionInfo info{};
  info.name = "test";
  info.formula = "x > 1 ? -x^3 / 2 + a : exp(2 * x) * max(x, 0.5)";
  info.params[0].name = "a";
  const Expression expression(info);
  Params params;
  params.values[0] = 10;
  const Value<BigFloat> right = expression.At(BigFloat(2.0L), params);
  EXPECT_EQ(mpfr_get_d(right.v.get(), MPFR_RNDN), 6);
  EXPECT_EQ(mpfr_get_d(right.d[0].get(), MPFR_RNDN), -6);
  EXPECT_EQ(mpfr_get_d(right.d[1].get(), MPFR_RNDN), 1);
  const Value<BigFloat> left = expression.At(BigFloat(0.0L), params);
  EXPECT_EQ(mpfr_get_d(left.v.get(), MPFR_RNDN), 0.5);
  EXPECT_EQ(mpfr_get_d(left.d[0].get(), MPFR_RNDN), 1);
}

TEST(ExpressionTest, StableFormulasAreTheFormulas) {
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    const FunctionInfo& info = Catalogue()[id];
    if (info.stable_formula == nullptr) continue;
    const Params params = *ResolveParams(id, {});
    const Expression stable(info);
    const Expression formula(info, info.formula);
    for (int i = -54; i < 54; ++i) {
      const double x = 0.37 * i + 0.11;
      const Value<BigFloat> a = stable.At(BigFloat(x), params);
      const Value<BigFloat> b = formula.At(BigFloat(x), params);
      EXPECT_LT(std::fabs(mpfr_get_d((a.v / b.v - 1.0L).get(), MPFR_RNDN)), 1e-60) << info.name;
      EXPECT_LT(std::fabs(mpfr_get_d((a.d[0] / b.d[0] - 1.0L).get(), MPFR_RNDN)), 1e-60)
          << info.name << " at " << x;
    }
  }
}

// A kernel that is wrong in its last bits must be seen: here the judge is given
// silu's results for swish with a beta that differs from 1 by 2^-22.
TEST(SweepTest, SeesAFormulaThatIsSlightlyWrong) {
  SweepOptions options;
  options.function = *FindFunction("swish");
  options.params.values[0] = 1;
  options.samples = 1 << 14;
  const SweepResult right = Sweep(options);
  EXPECT_EQ(right.At(Tier::kExact, Direction::kForward).misrounds, 0U);
  FunctionInfo silu = Catalogue()[*FindFunction("silu")];
  silu.formula = "x * sigmoid(1.000000238418579 * x)";
  options.reference = &silu;
  const SweepResult wrong = Sweep(options);
  EXPECT_GT(wrong.At(Tier::kExact, Direction::kForward).misrounds, 100U);
  EXPECT_GT(wrong.At(Tier::kExact, Direction::kForward).max_ulp, 1);
  EXPECT_GT(wrong.At(Tier::kFast, Direction::kGradient).max_ulp, 4);
}

// Half a unit off at one input, as right results may be: only the count of misrounds says so.
TEST(SweepTest, NamesTheInputOfATieThatIsBrokenTheWrongWay) {
  SweepOptions options;
  options.function = *FindFunction("relu");
  options.dtype = DType::kBF16;
  FunctionInfo tie = Catalogue()[options.function];
  tie.formula = "x > 3 ? (x < 3.02 ? x + 0.0078125 : x) : (x > 0 ? x : 0)";
  options.reference = &tie;
  const Tally tally = Sweep(options).At(Tier::kExact, Direction::kForward);
  EXPECT_EQ(tally.misrounds, 1U);
  EXPECT_EQ(tally.max_ulp, 0.5);
  EXPECT_FALSE(KeepsPromise(options.dtype, Tier::kExact, Direction::kForward, tally));
  ASSERT_TRUE(tally.first_misround.has_value());
  EXPECT_EQ(tally.first_misround->x, 3.015625);
  EXPECT_EQ(tally.first_misround->dy, 1);
  EXPECT_EQ(tally.first_misround->got, 3.015625);
  EXPECT_EQ(tally.first_misround->wanted, 3.03125);
}

TEST(SweepTest, FindsTheSameInputsWhateverThreadsDo) {
  SweepOptions options;
  options.function = *FindFunction("gelu");
  options.samples = 1 << 18;
  options.threads = 1;
  const SweepResult alone = Sweep(options);
  options.threads = 5;
  const SweepResult together = Sweep(options);
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const Tally& tally = together.At(tier, direction);
      EXPECT_EQ(tally.worst_x, alone.At(tier, direction).worst_x);
      ASSERT_EQ(tally.first_misround.has_value(), tier == Tier::kFast);
      if (tier == Tier::kExact) continue;
      EXPECT_EQ(tally.first_misround->x, alone.At(tier, direction).first_misround->x);
    }
  }
}

TEST(TallyTest, OfErrorsThatPrintAlikeTheNearestToZeroIsTheWorst) {
  Tally tally;
  for (const double x : {2.0, -1.5, 3.0, 1.5, -4.0}) tally.AddError(x, 0.5 + x * 1e-6);
  EXPECT_EQ(tally.worst_x, 1.5);
  EXPECT_EQ(tally.max_ulp, 0.5 + 3e-6);
  tally.AddError(9, 0.6);
  tally.AddError(1, 0.5);
  EXPECT_EQ(tally.worst_x, 9);
}

TEST(TallyTest, WhatIsNotLookedForChangesNothingThatIsPrinted) {
  Tally tally;
  tally.AddError(-2, 0.5);
  // Beyond it only a greater error would be printed, and nearer one as great.
  EXPECT_GT(tally.UnseenUlp(3), 0.50004);
  EXPECT_LT(tally.UnseenUlp(2), 0.49995);
  tally.max_ulp_before = 0.5;
  tally.worst_x_before = 1;
  EXPECT_GT(tally.UnseenUlp(1), 0.50004);
  EXPECT_LT(tally.UnseenUlp(0.5), 0.49995);
  tally.max_ulp_before = INFINITY;
  EXPECT_EQ(tally.UnseenUlp(1), INFINITY);
  EXPECT_LT(tally.UnseenUlp(0.5), INFINITY);
}

}  // namespace
}  // namespace activation::accuracy
