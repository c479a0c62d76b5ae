#include "src/backends/cpu/slow_lane.h"

#include <bit>
#include <cmath>

#include "gtest/gtest.h"
#include "src/functions/ops_scalar.h"

namespace activation {
namespace {

using Odd = scalar::Number<double, scalar::Rounding::kToOdd>;

TEST(RoundSumTest, KeepsInTheLastBitThatSomethingWasLost) {
  EXPECT_EQ(RoundSum(Odd{1}, Odd{0}).v, 1);
  EXPECT_EQ(RoundSum(Odd{1}, Odd{1e-40}).v, std::nextafter(1.0, 2.0));
  EXPECT_EQ(RoundSum(Odd{1}, Odd{-1e-40}).v, std::nextafter(1.0, 0.0));
  EXPECT_EQ(RoundSum(Odd{-1}, Odd{1e-40}).v, std::nextafter(-1.0, 0.0));
  // Already odd: nothing to keep.
  const double odd = std::nextafter(1.0, 2.0);
  EXPECT_EQ(RoundSum(Odd{odd}, Odd{1e-40}).v, odd);
  EXPECT_EQ(RoundSum(Odd{INFINITY}, Odd{1}).v, INFINITY);
}

TEST(SlowLaneTest, SeesBeyondATie) {
  // silu(x) = x/2 + x^2/4 for tiny x: half of an odd subnormal is a tie of f32,
  // and the square, 40 orders below, decides it upwards.
  const FunctionId silu = *FindFunction("silu");
  const double tie = 0x1.8p-148 / 2;
  const double y = EvaluateSlowly(silu, Direction::kForward, {}, 0x1.8p-148, 1);
  EXPECT_GT(y, tie);
  EXPECT_EQ(y, std::nextafter(tie, 1.0));
  EXPECT_EQ(std::bit_cast<uint64_t>(EvaluateSlowly(silu, Direction::kForward, {}, -0x1.8p-148, 1)),
            std::bit_cast<uint64_t>(std::nextafter(-tie, 0.0)));
}

TEST(SlowLaneTest, NanInNanOut) {
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    EXPECT_TRUE(
        std::isnan(EvaluateSlowly(id, Direction::kGradient, *ResolveParams(id, {}), NAN, 1)));
  }
}

}  // namespace
}  // namespace activation
