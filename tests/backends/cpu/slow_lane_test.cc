#include "src/backends/cpu/slow_lane.h"

#include <bit>
#include <cmath>

#include "gtest/gtest.h"

namespace activation {
namespace {

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
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    EXPECT_TRUE(
        std::isnan(EvaluateSlowly(id, Direction::kGradient, *ResolveParams(id, {}), NAN, 1)));
  }
}

}  // namespace
}  // namespace activation
