#include "server/errands.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "src/base/errors.h"
#include "tests/base/eventually.h"

namespace activation {
namespace {

TEST(ErrandsTest, AreDoneInTheirOrderByAnotherThreadAndAllOfThem) {
  std::vector<int> done;
  std::thread::id by;
  {
    Errands errands;
    for (int i = 0; i < 100; ++i) {
      const absl::Status given = errands.Give([&, i] {
        done.push_back(i);
        by = std::this_thread::get_id();
      });
      EXPECT_TRUE(given.ok()) << given;
    }
  }
  ASSERT_EQ(done.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<size_t>(i)], i);
  EXPECT_NE(by, std::this_thread::get_id());
}

TEST(ErrandsTest, MoreThanMayWaitAreRefused) {
  absl::Notification begun;
  absl::Notification goes_on;
  int done = 0;
  {
    Errands errands(2);
    ASSERT_TRUE(errands
                    .Give([&] {
                      begun.Notify();
                      goes_on.WaitForNotification();
                    })
                    .ok());
    begun.WaitForNotification();
    EXPECT_TRUE(errands.Give([&] { ++done; }).ok());
    EXPECT_TRUE(errands.Give([&] { ++done; }).ok());
    const absl::Status refused = errands.Give([&] { ++done; });
    EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(RefusalOf(refused), "regions");
    EXPECT_GT(RetryDelayOf(refused), absl::ZeroDuration());
    goes_on.Notify();
  }
  EXPECT_EQ(done, 2);
}

TEST(ErrandsTest, AreIdleOnceTheLastIsDone) {
  absl::Notification begun;
  absl::Notification goes_on;
  Errands errands;
  EXPECT_TRUE(errands.IsIdle());
  ASSERT_TRUE(errands
                  .Give([&] {
                    begun.Notify();
                    goes_on.WaitForNotification();
                  })
                  .ok());
  EXPECT_FALSE(errands.IsIdle());
  begun.WaitForNotification();
  EXPECT_FALSE(errands.IsIdle());
  goes_on.Notify();
  EXPECT_TRUE(Eventually([&errands] { return errands.IsIdle(); }));
}

}  // namespace
}  // namespace activation
