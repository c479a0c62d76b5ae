#include "server/steady_clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace activation {
namespace {

TEST(SteadyNotificationTest, IsWaitedForNoLongerThanItIsWorth) {
  SteadyNotification notification;
  const absl::Duration begin = SteadyTime();
  EXPECT_FALSE(notification.WaitFor(absl::Milliseconds(20)));
  EXPECT_GE(SteadyTime() - begin, absl::Milliseconds(20));
  EXPECT_FALSE(notification.WaitFor(absl::ZeroDuration()));
  EXPECT_FALSE(notification.WaitFor(-absl::Seconds(1)));
}

TEST(SteadyNotificationTest, EndsEveryWait) {
  SteadyNotification notification;
  std::thread waiting([&notification] { EXPECT_TRUE(notification.WaitFor(absl::Hours(1))); });
  notification.Notify();
  notification.Notify();
  waiting.join();
  EXPECT_TRUE(notification.WaitFor(absl::ZeroDuration()));
}

}  // namespace
}  // namespace activation
