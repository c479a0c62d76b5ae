#include "server/pollers/pollers.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/base/eventually.h"

namespace activation {
namespace {

int Next(const PollerUse& use) { return PollersFor(use, {.most = 4}); }

TEST(PollersForTest, GrowsWhereAllAreBusyAndProcessorsIdle) {
  EXPECT_EQ(Next({.pollers = 1, .busy = 0.99, .idle = 1.0}), 2);
  EXPECT_EQ(Next({.pollers = 3, .busy = 2.9, .idle = 1.0}), 4);
  EXPECT_EQ(Next({.pollers = 4, .busy = 3.9, .idle = 9.0}), 4);
}

TEST(PollersForTest, StaysWhereNothingIsGained) {
  // Not busy; busy, but others want the processors; busy, and nobody has looked.
  EXPECT_EQ(Next({.pollers = 1, .busy = 0.5, .idle = 1.5}), 1);
  EXPECT_EQ(Next({.pollers = 1, .busy = 0.99, .idle = 0.1}), 1);
  EXPECT_EQ(Next({.pollers = 1, .busy = 0.99}), 1);
  EXPECT_EQ(Next({.pollers = 3, .busy = 2.0}), 3);
  // More than wanted, as they may be asked for.
  EXPECT_EQ(Next({.pollers = 6, .busy = 5.9, .idle = 9.0}), 6);
}

TEST(PollersForTest, GrowsWhereAllAreHeldUpWhateverElseTheMachineDoes) {
  EXPECT_EQ(Next({.pollers = 1, .held_up = 1}), 2);
  EXPECT_EQ(Next({.pollers = 2, .held_up = 2, .busy = 2.0, .idle = 0.0}), 3);
  EXPECT_EQ(Next({.pollers = 4, .held_up = 4}), 4);
  // One that is not is enough, and none leaves meanwhile.
  EXPECT_EQ(Next({.pollers = 2, .held_up = 1}), 2);
  EXPECT_EQ(Next({.pollers = 3, .held_up = 1}), 3);
}

TEST(PollersForTest, ShrinksOnlyWhereFewerWouldNotBeSaturated) {
  EXPECT_EQ(Next({.pollers = 2, .busy = 0.5}), 1);
  EXPECT_EQ(Next({.pollers = 1, .busy = 0}), 1);
  const PollerOptions options{.most = 16};
  for (int pollers = 2; pollers <= options.most; ++pollers) {
    for (int percent = 0; percent <= 100 * pollers; ++percent) {
      const double busy = percent / 100.0;
      const int next = PollersFor({.pollers = pollers, .busy = busy}, options);
      EXPECT_FALSE(next < pollers && options.AreSaturated(next, busy)) << pollers << ", " << busy;
    }
  }
}

// Runs `work` on a poller, as gRPC would: the event is a connectivity watch whose deadline is over.
class Event : grpc_completion_queue_functor {
 public:
  Event(Pollers& pollers, std::function<void()> work) : pollers_(pollers), work_(std::move(work)) {
    functor_run = [](grpc_completion_queue_functor* self, int /*ok*/) {
      static_cast<Event*>(self)->work_();
    };
    inlineable = 1;
    internal_success = 0;
    internal_next = nullptr;
    grpc_channel_credentials* const credentials = grpc_insecure_credentials_create();
    channel_ = grpc_channel_create("127.0.0.1:1", credentials, nullptr);
    grpc_channel_credentials_release(credentials);
  }
  ~Event() { grpc_channel_destroy(channel_); }

  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void Post() {
    grpc_channel_watch_connectivity_state(
        channel_, grpc_channel_check_connectivity_state(channel_, 0), gpr_now(GPR_CLOCK_REALTIME),
        pollers_.queue()->cq(), static_cast<grpc_completion_queue_functor*>(this));
  }

 private:
  Pollers& pollers_;
  const std::function<void()> work_;
  grpc_channel* channel_;
};

// Events that each keep a thread busy for a while and then come again, until the object goes.
class Load {
 public:
  Load(Pollers& pollers, int events) : events_(events) {
    for (int i = 0; i < events; ++i) {
      Event& event = list_.emplace_back(pollers, [this, i] { Run(i); });
      event.Post();
    }
  }
  ~Load() {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_ = true;
    all_ended_.wait(lock, [this] { return events_ == 0; });
  }

  size_t threads() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return threads_.size();
  }

 private:
  void Run(int i) {
    const absl::Time end = absl::Now() + absl::Milliseconds(2);
    while (absl::Now() < end) {
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    threads_.insert(std::this_thread::get_id());
    if (ended_) {
      if (--events_ == 0) all_ended_.notify_one();
    } else {
      list_[static_cast<size_t>(i)].Post();
    }
  }

  std::mutex mutex_;
  std::condition_variable all_ended_;
  bool ended_ = false;
  int events_;
  std::set<std::thread::id> threads_;
  std::deque<Event> list_;
};

// Soon too few, as if nobody else wanted a processor, whatever this machine does.
PollerOptions Willing() {
  PollerOptions options;
  options.most = 3;
  options.saturated = 0.01;
  options.idle = -1;
  options.period = absl::Milliseconds(20);
  return options;
}

TEST(PollersTest, BecomeMoreUnderLoadAndOneWithoutIt) {
  Pollers pollers(Willing());
  EXPECT_EQ(pollers.count(), 1);
  {
    Load load(pollers, 8);
    EXPECT_TRUE(Eventually([&] { return load.threads() >= 3; })) << load.threads();
  }
  EXPECT_TRUE(Eventually([&] { return pollers.count() == 1; })) << pollers.count();
  // The one that is left still does what comes.
  Load again(pollers, 1);
  EXPECT_TRUE(Eventually([&] { return again.threads() >= 1; }));
}

TEST(PollersTest, StayOneWhereNoProcessorIsIdle) {
  PollerOptions options = Willing();
  options.idle = 1e6;
  Pollers pollers(options);
  Load load(pollers, 4);
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(pollers.count(), 1);
  EXPECT_LE(load.threads(), 1U);
}

// It takes no processor, which nothing else would show.
TEST(PollersTest, OneThatWaitsHoldsUpNoOther) {
  PollerOptions options = Willing();
  options.idle = 1e6;
  Pollers pollers(options);
  absl::Notification end, answered, ended;
  Event held(pollers, [&] {
    end.WaitForNotification();
    ended.Notify();
  });
  Event other(pollers, [&] { answered.Notify(); });
  held.Post();
  EXPECT_TRUE(Eventually([&] { return pollers.count() == 2; })) << pollers.count();
  other.Post();
  EXPECT_TRUE(answered.WaitForNotificationWithTimeout(absl::Seconds(20)));
  end.Notify();
  ended.WaitForNotification();
  EXPECT_TRUE(Eventually([&] { return pollers.count() == 1; })) << pollers.count();
}

// It has taken something up since it was told to leave, as the other has.
TEST(PollersTest, OneThatIsLeavingHoldsUpNoOther) {
  PollerOptions options = Willing();
  options.idle = 1e6;
  Pollers pollers(options);
  absl::Notification begin, end, answered;
  std::atomic<int> held{0};
  const auto hold = [&](absl::Notification& until) {
    return [&] {
      until.WaitForNotification();
      ++held;
    };
  };
  Event first(pollers, hold(begin));
  Event second(pollers, hold(end)), third(pollers, hold(end));
  Event other(pollers, [&] { answered.Notify(); });
  first.Post();
  EXPECT_TRUE(Eventually([&] { return pollers.count() == 2; })) << pollers.count();
  begin.Notify();
  EXPECT_TRUE(Eventually([&] { return pollers.count() == 1; })) << pollers.count();
  second.Post();
  third.Post();
  other.Post();
  EXPECT_TRUE(answered.WaitForNotificationWithTimeout(absl::Seconds(20)));
  end.Notify();
  EXPECT_TRUE(Eventually([&] { return held == 3 && pollers.count() == 1; })) << pollers.count();
}

TEST(PollersTest, AreAsManyAsAskedFor) {
  PollerOptions options = Willing();
  options.fixed = 2;
  Pollers pollers(options);
  EXPECT_EQ(pollers.count(), 2);
  auto* const both = new absl::Barrier(2);
  std::atomic<int> done{0};
  const auto meet = [&] {
    if (both->Block()) delete both;
    ++done;
  };
  Event one(pollers, meet);
  Event two(pollers, meet);
  one.Post();
  two.Post();
  EXPECT_TRUE(Eventually([&] { return done == 2; })) << "they run at once";
  EXPECT_EQ(pollers.count(), 2);
}

TEST(PollersTest, EndsWithWhatWasBegun) {
  std::atomic<int> done{0};
  std::deque<Event> events;
  {
    Pollers pollers(Willing());
    for (int i = 0; i < 100; ++i) events.emplace_back(pollers, [&done] { ++done; }).Post();
  }
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace activation
