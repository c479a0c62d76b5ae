#include "client/cli/bench/pacer.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(PacerTest, PhasesFollowEachOtherWithoutGap) {
  const Pacer pacer(seconds(2), seconds(10));
  EXPECT_EQ(pacer.PhaseAt(seconds(0)), Phase::kWarmUp);
  EXPECT_EQ(pacer.PhaseAt(seconds(2) - nanoseconds(1)), Phase::kWarmUp);
  EXPECT_EQ(pacer.PhaseAt(seconds(2)), Phase::kMeasured);
  EXPECT_EQ(pacer.PhaseAt(seconds(12) - nanoseconds(1)), Phase::kMeasured);
  EXPECT_EQ(pacer.PhaseAt(seconds(12)), Phase::kOver);
}

TEST(PacerTest, NoWarmUpMeasuresFromTheStart) {
  EXPECT_EQ(Pacer(seconds(0), seconds(1)).PhaseAt(seconds(0)), Phase::kMeasured);
}

TEST(PacerTest, NoDurationIsOverAtOnce) {
  EXPECT_EQ(Pacer(seconds(0), seconds(0)).PhaseAt(seconds(0)), Phase::kOver);
}

TEST(PacerTest, AClosedLoopSendsAtOnce) {
  const Pacer pacer(seconds(2), seconds(10));
  for (const seconds elapsed : {seconds(0), seconds(3), seconds(100)}) {
    EXPECT_EQ(pacer.IntendedSend(elapsed), elapsed);
  }
}

}  // namespace
}  // namespace activation::cli
