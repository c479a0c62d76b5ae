#include "server/throttle.h"

#include <gtest/gtest.h>

namespace activation {
namespace {

TEST(ThrottleTest, TheFirstIsLoggedAndTheOthersAreCounted) {
  const absl::Duration start = absl::Seconds(1000);
  Throttle throttle;
  EXPECT_EQ(throttle.Take(start), 0);
  EXPECT_TRUE(throttle.Admit(start));
  EXPECT_FALSE(throttle.Admit(start));
  EXPECT_FALSE(throttle.Admit(start + absl::Seconds(9)));
  EXPECT_EQ(throttle.Take(start + absl::Seconds(9)), 0);
  EXPECT_FALSE(throttle.Admit(start + absl::Seconds(11))) << "those before it come first";
  EXPECT_EQ(throttle.Take(start + absl::Seconds(11)), 3);
  EXPECT_EQ(throttle.Take(start + absl::Seconds(30)), 0);
  EXPECT_TRUE(throttle.Admit(start + absl::Seconds(31)));
}

// Whatever is said in the moment between that and the end of the process is said.
TEST(ThrottleTest, TheLastAreCountedBeforeTheirTimeAndSilenceNothing) {
  const absl::Duration start = absl::Seconds(1000);
  Throttle throttle;
  EXPECT_EQ(throttle.TakeLast(), 0);
  EXPECT_TRUE(throttle.Admit(start));
  EXPECT_FALSE(throttle.Admit(start));
  EXPECT_EQ(throttle.TakeLast(), 1);
  EXPECT_EQ(throttle.TakeLast(), 0);
  EXPECT_TRUE(throttle.Admit(start));
}

}  // namespace
}  // namespace activation
