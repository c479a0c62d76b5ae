#include "src/engine/cpu_queue.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/errors.h"

namespace activation {
namespace {

constexpr size_t kElements = 1'000'000;

std::vector<Evaluation> Work(const char* function, size_t count = kElements) {
  Evaluation evaluation;
  evaluation.function = *FindFunction(function);
  evaluation.count = count;
  return {evaluation};
}

// With a clock moved by hand.
class CpuQueueTest : public testing::Test {
 protected:
  CpuQueue::Place Enter(const char* function, absl::Time deadline = absl::InfiniteFuture()) {
    absl::StatusOr<CpuQueue::Place> place = queue_.Enter(Work(function), deadline);
    EXPECT_TRUE(place.ok()) << place.status();
    return *std::move(place);
  }
  std::string RefusalOfNext(const char* function, absl::Time deadline = absl::InfiniteFuture()) {
    return RefusalOf(queue_.Enter(Work(function), deadline).status());
  }
  void Pass(absl::Duration time) { now_ += time; }
  void Leave(const CpuQueue::Place& place, bool computed = true) { queue_.Leave(place, computed); }
  // Alone, so that the queue learns what it takes.
  void Compute(const char* function, absl::Duration time, int times = 1) {
    for (int i = 0; i < times; ++i) {
      const CpuQueue::Place place = Enter(function);
      Pass(time);
      Leave(place);
    }
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  CpuQueue queue_{absl::Milliseconds(100), [this] { return now_; }};
};

TEST_F(CpuQueueTest, LearnsWhatAFunctionTakes) {
  Compute("gelu", absl::Milliseconds(30));
  const CpuQueue::Place place = Enter("gelu");
  EXPECT_NEAR(place.seconds, 0.030, 1e-6);
  EXPECT_EQ(queue_.length(), absl::Seconds(place.seconds));
  Leave(place);
  EXPECT_EQ(queue_.length(), absl::ZeroDuration());
  // Others are not known yet.
  EXPECT_LT(Enter("erf").seconds, 0.002);
}

TEST_F(CpuQueueTest, FollowsAChangeAndForgivesOneSlowJob) {
  Compute("gelu", absl::Milliseconds(10));
  Compute("gelu", absl::Seconds(100));
  EXPECT_LE(Enter("gelu").seconds, 0.010 * 2);
  queue_.Leave({}, false);
  Compute("gelu", absl::Milliseconds(40), 60);
  EXPECT_NEAR(Enter("gelu").seconds, 0.040, 0.002);
}

TEST_F(CpuQueueTest, JobsThatShareTheWorkersHaveTheirSharesCounted) {
  // Each takes 20 ms alone; together both are done after 40.
  const CpuQueue::Place first = Enter("gelu");
  const CpuQueue::Place second = Enter("erf");
  Pass(absl::Milliseconds(40));
  Leave(first);
  Leave(second);
  EXPECT_NEAR(Enter("gelu").seconds, 0.020, 1e-6);
  EXPECT_NEAR(Enter("erf").seconds, 0.020, 1e-6);
}

TEST_F(CpuQueueTest, RefusesWorkBeyondTheLimitAndSaysForHowLong) {
  Compute("gelu", absl::Milliseconds(40));
  const CpuQueue::Place first = Enter("gelu");
  const CpuQueue::Place second = Enter("gelu");
  const absl::Status status = queue_.Enter(Work("gelu"), absl::InfiniteFuture()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RefusalOf(status), "work");
  EXPECT_NEAR(absl::ToDoubleMilliseconds(RetryDelayOf(status)), 20, 1);
  Leave(first);
  const CpuQueue::Place third = Enter("gelu");
  Leave(second);
  Leave(third);
  EXPECT_EQ(queue_.length(), absl::ZeroDuration());
}

// Each has waited for the others and says so; none of them is a slow job after another.
TEST_F(CpuQueueTest, JobsThatEnteredTogetherTellOneThing) {
  Compute("gelu", absl::Milliseconds(1));
  std::vector<CpuQueue::Place> places;
  for (int i = 0; i < 64; ++i) places.push_back(Enter("gelu"));
  Pass(absl::Milliseconds(4) * 64);
  for (const CpuQueue::Place& place : places) Leave(place);
  EXPECT_LE(Enter("gelu").seconds, 0.004 + 1e-9);
}

TEST_F(CpuQueueTest, NorDoesAPauseOfTheMachine) {
  Compute("gelu", absl::Milliseconds(1));
  std::vector<CpuQueue::Place> places;
  for (int i = 0; i < 64; ++i) places.push_back(Enter("gelu"));
  Pass(absl::Seconds(64));
  for (const CpuQueue::Place& place : places) Leave(place);
  EXPECT_LE(Enter("gelu").seconds, 0.008 + 1e-9);
}

// A clock that is set back shows no time at all; what took none would never be learnt again.
TEST_F(CpuQueueTest, NoJobTakesNoTime) {
  Compute("gelu", absl::ZeroDuration(), 3);
  EXPECT_GT(Enter("gelu").seconds, 0);
  queue_.Leave({}, false);
  Compute("gelu", absl::Milliseconds(40), 60);
  EXPECT_NEAR(Enter("gelu").seconds, 0.040, 0.002);
}

// Else the next large ones would be let in for what a small one seemed to take.
TEST_F(CpuQueueTest, AKindIsNotKnownByAFirstJobOfFewElements) {
  const auto place = queue_.Enter(Work("mish", 1000), absl::InfiniteFuture());
  ASSERT_TRUE(place.ok());
  Pass(absl::Microseconds(50));
  Leave(*place);
  Compute("mish", absl::Milliseconds(50));
  EXPECT_GT(Enter("mish").seconds, 0.045);
}

// They take what waking the workers takes.
TEST_F(CpuQueueTest, JobsOfFewElementsTellLittleOfLargeOnes) {
  Compute("gelu", absl::Milliseconds(1));
  for (int i = 0; i < 64; ++i) {
    const auto place = queue_.Enter(Work("gelu", 100), absl::InfiniteFuture());
    ASSERT_TRUE(place.ok());
    Pass(absl::Microseconds(200));
    Leave(*place);
  }
  EXPECT_LT(Enter("gelu").seconds, 0.002);
}

// Else others would be refused behind the next of its kind.
TEST_F(CpuQueueTest, APauseInTheFirstJobIsNotWhatItTakes) {
  Compute("gelu", absl::Seconds(10));
  Enter("gelu");
  EXPECT_EQ(RefusalOfNext("relu"), "");
}

TEST_F(CpuQueueTest, AnEmptyQueueTakesAnyJob) {
  Compute("gelu", absl::Seconds(10), 10);
  // Longer than the limit and, by the estimate, than the deadline: only trying tells.
  const CpuQueue::Place place = Enter("gelu", now_ + absl::Milliseconds(1));
  EXPECT_GT(place.seconds, 1);
  EXPECT_EQ(RefusalOfNext("relu"), "work");
  Leave(place);
}

TEST_F(CpuQueueTest, RefusesWhatWouldBeDoneTooLate) {
  Compute("gelu", absl::Milliseconds(30));
  const CpuQueue::Place first = Enter("gelu");
  const CpuQueue::Place second = Enter("gelu");
  EXPECT_EQ(RefusalOfNext("gelu", now_ + absl::Milliseconds(80)), "deadline");
  const absl::Status status = queue_.Enter(Work("gelu"), now_ + absl::Milliseconds(80)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(RetryDelayOf(status), absl::ZeroDuration());
  EXPECT_EQ(RefusalOfNext("gelu", now_ + absl::Milliseconds(100)), "");
}

TEST_F(CpuQueueTest, AShortJobNeedsOnlyItsTurns) {
  Compute("gelu", absl::Milliseconds(80));
  const CpuQueue::Place large = Enter("gelu");
  // A thousandth of the work is done after two thousandths: the workers take turns.
  EXPECT_TRUE(queue_.Enter(Work("gelu", kElements / 1000), now_ + absl::Milliseconds(1)).ok());
  EXPECT_EQ(RefusalOfNext("gelu", now_ + absl::Milliseconds(100)), "work");
}

TEST_F(CpuQueueTest, WhatNobodyWaitsForIsDropped) {
  EXPECT_EQ(queue_.Enter(Work("gelu"), now_ - absl::Milliseconds(1)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(queue_.length(), absl::ZeroDuration());
}

TEST_F(CpuQueueTest, WhatMayNotBeRefusedCountsForThoseBehindIt) {
  Compute("gelu", absl::Milliseconds(60));
  const CpuQueue::Place first = Enter("gelu");
  EXPECT_EQ(RefusalOfNext("gelu"), "work");
  const CpuQueue::Place second = queue_.EnterAnyhow(Work("gelu"));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(queue_.length()), 120, 1);
  Leave(first);
  EXPECT_EQ(RefusalOfNext("gelu"), "work");
  Leave(second);
  EXPECT_EQ(queue_.length(), absl::ZeroDuration());
}

TEST_F(CpuQueueTest, JobsThatWereNotComputedTeachNothing) {
  Compute("gelu", absl::Milliseconds(30));
  const CpuQueue::Place place = Enter("gelu");
  Pass(absl::Seconds(5));
  Leave(place, /*computed=*/false);
  EXPECT_NEAR(Enter("gelu").seconds, 0.030, 1e-6);
}

// Else a job whose thread stood still between the two would count time that others have counted.
TEST(CpuQueueClockTest, IsReadWhileTheQueueIsLocked) {
  int64_t readings = 0;  // guarded by nothing else
  CpuQueue queue(absl::InfiniteDuration(),
                 [&readings] { return absl::FromUnixMicros(++readings); });
  constexpr int kJobs = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&queue] {
      for (int job = 0; job < kJobs; ++job) {
        const auto place = queue.Enter(Work("gelu"), absl::InfiniteFuture());
        if (place.ok()) queue.Leave(*place, true);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(readings, 4 * 2 * kJobs);
  EXPECT_EQ(queue.length(), absl::ZeroDuration());
}

}  // namespace
}  // namespace activation
