#include "client/cli/bench/tally.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Phases kPhases{seconds(2), seconds(10)};

EndedCall Call(nanoseconds sent, nanoseconds answered) {
  return {.due = sent,
          .could_send = sent,
          .sent = sent,
          .answered = answered,
          .elements = 100,
          .bytes = 800};
}

class TallyTest : public ::testing::Test {
 protected:
  std::atomic<nanoseconds> end_{kPhases.end()};
  Tally tally_{kPhases, false, &end_};
};

TEST_F(TallyTest, ALateReplyChangesNoRate) {
  for (int i = 0; i < 100; ++i) {
    const nanoseconds sent = seconds(2) + milliseconds(80) * i;
    tally_.Record(Call(sent, sent + milliseconds(80)));
  }
  EXPECT_EQ(tally_.result().calls_per_second(), 10);
  tally_.Record(Call(seconds(10), seconds(42)));
  EndedCall failed = Call(seconds(11), seconds(41));
  failed.status = absl::DeadlineExceededError("late");
  tally_.Record(failed);
  const RunResult result = tally_.result();
  EXPECT_EQ(result.elapsed, seconds(10));
  EXPECT_EQ(result.tail, seconds(30));
  EXPECT_EQ(result.calls_per_second(), 10);
  EXPECT_EQ(result.PerSecond(result.elements), 1000);
  EXPECT_EQ(result.PerSecond(result.bytes), 8000);
  EXPECT_EQ(result.answered(), 101u) << "its latency is one of the run's";
  EXPECT_EQ(result.failed(), 1u);
}

// In a closed loop as many are in flight at the begin of the measured time as at its end.
TEST_F(TallyTest, WhatWasInFlightAtTheBeginStandsForWhatIsAtTheEnd) {
  for (nanoseconds sent = milliseconds(500); sent < kPhases.end(); sent += seconds(1)) {
    tally_.Record(Call(sent, sent + seconds(1)));
  }
  EXPECT_EQ(tally_.result().calls_per_second(), 1);
}

TEST_F(TallyTest, ACallThatHangsFromTheWarmUpOnIsNoLackOfCalls) {
  EXPECT_TRUE(tally_.result().none_due());
  EndedCall early = Call(seconds(0), seconds(1));
  early.status = absl::UnavailableError("not yet");
  tally_.Record(early);
  EXPECT_TRUE(tally_.result().none_due());
  EndedCall hanging = Call(seconds(1), seconds(31));
  hanging.status = absl::DeadlineExceededError("hangs");
  tally_.Record(hanging);
  const RunResult result = tally_.result();
  EXPECT_FALSE(result.none_due());
  EXPECT_EQ(result.failed(), 0U);
  EXPECT_EQ(result.outlasting_error, hanging.status);
}

TEST_F(TallyTest, SlicesHoldTheCallsOfTheRates) {
  tally_.Record(Call(seconds(3), seconds(5)));
  tally_.Record(Call(seconds(11), seconds(13)));
  const RunResult result = tally_.result();
  ASSERT_EQ(result.slice_length, milliseconds(200));
  EXPECT_EQ(result.in_time, 1u);
  EXPECT_EQ(result.slices[15].answered, 1u) << "when it was answered";
  EXPECT_EQ(result.slices[5].latency.count(), 1u) << "when it was due";
  EXPECT_EQ(result.slices.back().answered, 0u);
  EXPECT_EQ(result.slices[45].latency.count(), 1u);
}

TEST_F(TallyTest, ARunThatIsStoppedIsMeasuredUntilThen) {
  tally_.Record(Call(seconds(3), seconds(4)));
  end_ = seconds(6);
  tally_.Record(Call(seconds(5), seconds(7)));
  const RunResult result = tally_.result();
  EXPECT_EQ(result.elapsed, seconds(4));
  EXPECT_EQ(result.tail, seconds(1));
  EXPECT_EQ(result.calls_per_second(), 0.25);
}

TEST_F(TallyTest, ARunThatIsStoppedInItsWarmUpHasNoRate) {
  tally_.Record(Call(milliseconds(500), seconds(1)));
  end_ = seconds(1);
  const RunResult result = tally_.result();
  EXPECT_EQ(result.elapsed, seconds(0));
  EXPECT_EQ(result.calls_per_second(), 0);
}

}  // namespace
}  // namespace activation::cli
