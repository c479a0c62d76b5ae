// The function that docs/adding_a_function.md adds, in an engine built from
// sources in which nothing else was changed.
#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/sweep.h"

namespace activation {
namespace {

TEST(AddedFunctionTest, IsInTheCatalogue) {
  EXPECT_STREQ(ElementwiseFunctions().back().name, "hat");
  ASSERT_TRUE(FindFunction("hat").ok());
  EXPECT_STREQ(Catalogue()[*FindFunction("hat")].formula, "x > -1 ? (x < 1 ? 1 - abs(x) : 0) : 0");
}

TEST(AddedFunctionTest, MeetsTheBoundsOfEveryDType) {
  for (const DType dtype : kAllDTypes) {
    accuracy::SweepOptions options;
    options.function = *FindFunction("hat");
    options.dtype = dtype;
    options.samples = dtype == DType::kF64 ? 2000 : 1 << 18;
    const accuracy::SweepResult result = accuracy::Sweep(options);
    const bool narrow = dtype != DType::kF64;
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const accuracy::Tally& exact = result.At(Tier::kExact, direction);
      EXPECT_GT(exact.checked, 1900U);
      EXPECT_LE(exact.max_ulp, narrow ? 0.51 : 1.0) << Name(dtype) << " at " << exact.worst_x;
      const accuracy::Tally& fast = result.At(Tier::kFast, direction);
      EXPECT_LE(fast.max_ulp, direction == Direction::kForward ? 2 : 4)
          << Name(dtype) << " at " << fast.worst_x;
    }
    EXPECT_EQ(result.TargetDifferences(), 0U);
  }
}

}  // namespace
}  // namespace activation
