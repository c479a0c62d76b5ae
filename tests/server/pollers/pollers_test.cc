#include "server/pollers/pollers.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"

namespace activation {
namespace {

const PollerOptions kFour{.most = 4};

TEST(PollersForTest, GrowsWhereAllAreBusyAndProcessorsIdle) {
  EXPECT_EQ(PollersFor(1, 0.99, 1.0, kFour), 2);
  EXPECT_EQ(PollersFor(3, 2.9, 1.0, kFour), 4);
  EXPECT_EQ(PollersFor(4, 3.9, 9.0, kFour), 4);
}

TEST(PollersForTest, StaysWhereNothingIsGained) {
  // Not busy; busy, but others want the processors; busy, and nobody has looked.
  EXPECT_EQ(PollersFor(1, 0.5, 1.5, kFour), 1);
  EXPECT_EQ(PollersFor(1, 0.99, 0.1, kFour), 1);
  EXPECT_EQ(PollersFor(1, 0.99, std::nullopt, kFour), 1);
  EXPECT_EQ(PollersFor(3, 2.0, std::nullopt, kFour), 3);
}

TEST(PollersForTest, ShrinksOnlyWhereFewerWouldNotBeSaturated) {
  EXPECT_EQ(PollersFor(2, 0.5, std::nullopt, kFour), 1);
  EXPECT_EQ(PollersFor(1, 0.0, std::nullopt, kFour), 1);
  const PollerOptions options{.most = 16};
  for (int pollers = 2; pollers <= options.most; ++pollers) {
    for (double busy = 0; busy <= pollers; busy += 0.01) {
      const int next = PollersFor(pollers, busy, std::nullopt, options);
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
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
    mutex_.Await(absl::Condition(
        +[](Load* load) { return load->events_ == 0; }, this));
  }

  size_t threads() {
    const absl::MutexLock lock(&mutex_);
    return threads_.size();
  }

 private:
  void Run(int i) {
    const absl::Time end = absl::Now() + absl::Milliseconds(2);
    while (absl::Now() < end) {
    }
    const absl::MutexLock lock(&mutex_);
    threads_.insert(std::this_thread::get_id());
    if (ended_) {
      --events_;
    } else {
      list_[static_cast<size_t>(i)].Post();
    }
  }

  absl::Mutex mutex_;
  bool ended_ = false;
  int events_;
  std::set<std::thread::id> threads_;
  std::deque<Event> list_;
};

bool Becomes(int count, const Pollers& pollers) {
  const absl::Time patience = absl::Now() + absl::Seconds(20);
  while (pollers.count() != count && absl::Now() < patience) absl::SleepFor(absl::Milliseconds(5));
  return pollers.count() == count;
}

// As if nobody else wanted a processor, whatever this machine does.
PollerOptions Willing() {
  PollerOptions options;
  options.most = 3;
  options.saturated = 0.1;
  options.idle = -1;
  options.period = absl::Milliseconds(20);
  return options;
}

TEST(PollersTest, BecomeMoreUnderLoadAndOneWithoutIt) {
  Pollers pollers(Willing());
  EXPECT_EQ(pollers.count(), 1);
  {
    Load load(pollers, 8);
    EXPECT_TRUE(Becomes(3, pollers)) << pollers.count();
    absl::SleepFor(absl::Milliseconds(100));
    EXPECT_EQ(pollers.count(), 3);
    EXPECT_EQ(load.threads(), 3U);
  }
  EXPECT_TRUE(Becomes(1, pollers)) << pollers.count();
  // The one that is left still does what comes.
  Load again(pollers, 1);
  EXPECT_TRUE(Becomes(2, pollers)) << pollers.count();
}

TEST(PollersTest, StayOneWhereNoProcessorIsIdle) {
  PollerOptions options = Willing();
  options.idle = 1e6;
  Pollers pollers(options);
  Load load(pollers, 4);
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(pollers.count(), 1);
  EXPECT_EQ(load.threads(), 1U);
}

TEST(PollersTest, AreAsManyAsAskedFor) {
  PollerOptions options = Willing();
  options.fixed = 2;
  Pollers pollers(options);
  EXPECT_EQ(pollers.count(), 2);
  Load load(pollers, 4);
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_EQ(pollers.count(), 2);
  EXPECT_EQ(load.threads(), 2U);
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
