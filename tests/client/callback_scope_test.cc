#include "client/src/callback_scope.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"

namespace activation::client {
namespace {

// While one exists, no thread can be had: its stack would not fit the address space.
class NoThreads {
 public:
  NoThreads() {
    pthread_attr_t attributes;
    pthread_getattr_default_np(&attributes);
    pthread_attr_getstacksize(&attributes, &before_);
    pthread_attr_destroy(&attributes);
    Set(size_t{1} << 60);
  }
  ~NoThreads() { Set(before_); }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  static void Set(size_t bytes) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
    ASSERT_EQ(pthread_setattr_default_np(&attributes), 0);
    pthread_attr_destroy(&attributes);
  }

  size_t before_ = 0;
};

TEST(CallbackScopeTest, InACallbackATaskHasAThreadOfItsOwn) {
  std::thread::id ran_on;
  RunOutsideCallbacks([&] { ran_on = std::this_thread::get_id(); });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  absl::Notification ran;
  const CallbackScope scope;
  RunOutsideCallbacks([&] {
    ran_on = std::this_thread::get_id();
    ran.Notify();
  });
  ran.WaitForNotification();
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(CallbackScopeTest, WithoutAThreadToBeHadATaskIsLeftAlone) {
  // Shared, as a thread that there is after all would outlive this test.
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  const NoThreads none;
  const CallbackScope scope;
  EXPECT_NO_THROW(RunOutsideCallbacks([ran] { *ran = true; }));
  EXPECT_FALSE(*ran);
}

}  // namespace
}  // namespace activation::client
