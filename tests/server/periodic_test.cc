#include "server/periodic.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace activation {
namespace {

TEST(PeriodicTest, ARoundWithoutMemoryIsLeftOutAndTheNextOneTriesAgain) {
  std::atomic<int> rounds{0};
  absl::Notification again;
  const Periodic periodic(absl::Milliseconds(1), [&] {
    const int round = ++rounds;
    if (round == 1) throw std::bad_alloc();
    if (round == 2) again.Notify();
  });
  EXPECT_TRUE(again.WaitForNotificationWithTimeout(absl::Minutes(1)));
}

}  // namespace
}  // namespace activation
