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

TEST(SteadyNotificationTest, MayBeWaitedForForEver) {
  SteadyNotification notification;
  std::thread waiting(
      [&notification] { EXPECT_TRUE(notification.WaitFor(absl::InfiniteDuration())); });
  // So that it mostly waits by then.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  notification.Notify();
  waiting.join();
}

}  // namespace
}  // namespace activation
