#include "client/cli/bench/judgement.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void AddMany(uint64_t ns, int count, Histogram* histogram) {
  for (int i = 0; i < count; ++i) histogram->Add(ns);
}

Load OpenLoop() { return {.rate = RateProfile{1000, 1000}}; }

RunResult Calm() {
  RunResult result;
  AddMany(1000000, 2000, &result.latency);
  AddMany(990000, 2000, &result.uncorrected);
  AddMany(10000, 2000, &result.lateness);
  result.busy = 0.5;
  return result;
}

TEST(JudgementTest, ACalmRunIsValidAndNeedsNoWord) {
  const Judgement judgement = Judge(Calm(), OpenLoop());
  EXPECT_TRUE(judgement.valid());
  EXPECT_THAT(judgement.notes, IsEmpty());
}

TEST(JudgementTest, ABusyClientMakesItInvalid) {
  RunResult result = Calm();
  result.busy = 0.97;
  EXPECT_THAT(
      Judge(result, {}).faults,
      ElementsAre(HasSubstr("the client is the bottleneck: its busiest thread had work 97 %")));
}

TEST(JudgementTest, AClientThatIsBusyWithFailuresIsNotBlamed) {
  RunResult result = Calm();
  result.busy = 0.97;
  result.codes[absl::StatusCode::kUnavailable] = 100000;
  const Judgement judgement = Judge(result, {});
  EXPECT_THAT(judgement.faults, IsEmpty());
  EXPECT_THAT(judgement.notes, ElementsAre(HasSubstr("calls failed")));
  EXPECT_THAT(Judge(result, OpenLoop()).faults, ElementsAre(HasSubstr("bottleneck")));
}

TEST(JudgementTest, AClientThatSendsLateMakesItInvalid) {
  RunResult result = Calm();
  AddMany(500000, 2000, &result.lateness);
  EXPECT_THAT(Judge(result, OpenLoop()).faults, ElementsAre(HasSubstr("sent late: 255 us of")));
}

// As long as calls wait for a place, so long is their latency; what the client takes for each of
// them is to be seen beside the time that the server takes.
TEST(JudgementTest, AClientThatSendsLateBehindCallsInFlightMakesItInvalid) {
  RunResult result;
  AddMany(800000000, 2000, &result.latency);
  AddMany(10000000, 2000, &result.uncorrected);
  AddMany(4600000, 2000, &result.lateness);
  EXPECT_THAT(Judge(result, OpenLoop()).faults,
              ElementsAre(HasSubstr("4.6 ms of the mean 14.6 ms from when a call could be sent")));
}

TEST(JudgementTest, AStallIsNoted) {
  RunResult result = Calm();
  AddMany(800000000, 200, &result.latency);
  AddMany(990000, 200, &result.uncorrected);
  const Judgement judgement = Judge(result, OpenLoop());
  EXPECT_TRUE(judgement.valid()) << "it is the server's doing";
  EXPECT_THAT(judgement.notes, ElementsAre(HasSubstr("all that a closed loop sees")));
}

TEST(JudgementTest, ARateThatWasNotReachedIsNoted) {
  RunResult result = Calm();
  result.unsent = 17;
  EXPECT_THAT(Judge(result, OpenLoop()).notes, ElementsAre(HasSubstr("17 calls were due")));
}

TEST(JudgementTest, AStallAtTheEndIsNotedThoughItsCallsWereNeverSent) {
  RunResult result = Calm();
  result.unsent = 100;
  EXPECT_THAT(Judge(result, OpenLoop()).notes,
              ElementsAre(HasSubstr("p99 is beyond the run's end from when calls were due"),
                          HasSubstr("100 calls were due")));
}

TEST(JudgementTest, SaysWhereManyCallsFailed) {
  RunResult result = Calm();
  result.codes[absl::StatusCode::kUnavailable] = 20;
  EXPECT_THAT(Judge(result, OpenLoop()).notes, IsEmpty()) << "one of a hundred";
  result.codes[absl::StatusCode::kUnavailable] = 30;
  EXPECT_THAT(Judge(result, OpenLoop()).notes, ElementsAre(HasSubstr("30 of 2030 calls failed")));
}

TEST(JudgementTest, SaysWhereNoCallWasDue) {
  RunResult result;
  result.elapsed = std::chrono::seconds(1);
  EXPECT_THAT(Judge(result, {}).notes,
              ElementsAre("no call was due in the measured 1 s: give it a longer --duration"));
  EXPECT_THAT(Judge(result, OpenLoop()).notes,
              ElementsAre(HasSubstr("a longer --duration, or a higher rate")));
  result.stopped = true;
  EXPECT_THAT(Judge(result, OpenLoop()).notes, ElementsAre("stopped before its time"));
}

TEST(JudgementTest, SaysWhyARunWasShort) {
  RunResult result = Calm();
  result.stopped = true;
  EXPECT_THAT(Judge(result, {}).notes, ElementsAre("stopped before its time"));
  result.stopped = false;
  result.confident = true;
  EXPECT_THAT(Judge(result, {.until_confident = 0.02}).notes, ElementsAre(HasSubstr("within 2 %")));
}

TEST(JudgementTest, SaysWhereTheLastReplyCameLongAfterTheEnd) {
  RunResult result = Calm();
  result.elapsed = std::chrono::milliseconds(2500);
  result.tail = std::chrono::milliseconds(100);
  EXPECT_THAT(Judge(result, {}).notes, IsEmpty());
  result.tail = std::chrono::milliseconds(5490);
  EXPECT_THAT(Judge(result, {}).notes,
              ElementsAre(HasSubstr("the last reply came 5.49 s after the measured 2.5 s")));
}

TEST(JudgementTest, AnEchoThatFailsOrIsTheClientsIsNoBaseline) {
  RunResult echo = Calm();
  EXPECT_THAT(FaultsOfEcho(echo, {}), IsEmpty());
  echo.busy = 0.97;
  echo.codes = {{absl::StatusCode::kOk, 2000}, {absl::StatusCode::kUnavailable, 3}};
  EXPECT_THAT(FaultsOfEcho(echo, {}),
              ElementsAre(HasSubstr("the client is the bottleneck"), "3 calls of the echo failed"));
}

TEST(JudgementTest, AnEchoThatAnswersNothingIsNoBaseline) {
  RunResult echo;
  EXPECT_THAT(FaultsOfEcho(echo, {}), ElementsAre("the echo answered no call"));
  echo.codes = {{absl::StatusCode::kUnavailable, 3}};
  // Late by itself, but by what part of the latency nobody knows.
  AddMany(500000, 3, &echo.lateness);
  EXPECT_THAT(FaultsOfEcho(echo, OpenLoop()),
              ElementsAre("the echo answered no call", "3 calls of the echo failed"));
}

}  // namespace
}  // namespace activation::cli
