#include "client/cli/bench/gate.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/bench/example_report.h"

namespace activation::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Failures(const Report& report,
                                  const std::vector<std::string>& conditions) {
  return GateFailures(report, ParsedThresholds(conditions));
}

// Three points of which the last is the headline, and the first alone is slow.
Report WithASlowFirstPoint(Pattern pattern) {
  Report report = ExampleReport();
  report.experiment.pattern = pattern;
  const Point point = report.outcome.points.front();
  report.outcome.points.assign(3, point);
  report.outcome.headline = 2;
  int turn = 0;
  for (Point& one : report.outcome.points) {
    one.load.concurrency = 8 << turn++;
    if (pattern != Pattern::kSweep) one.load.rate = RateProfile{1000.0 * turn, 1000.0 * turn};
  }
  Histogram& slow = report.outcome.points[0].result.latency;
  slow = Histogram();
  for (int i = 0; i < 2000; ++i) slow.Add(5000000);
  return report;
}

TEST(GateTest, ASingleRunIsHeldToItsConditions) {
  const Report report = ExampleReport();
  EXPECT_THAT(Failures(report, {}), IsEmpty());
  EXPECT_THAT(Failures(report, {"p99>2us", "errors>1%"}), IsEmpty());
  EXPECT_THAT(Failures(report, {"p99>2us", "p99>999ns"}), ElementsAre("p99>999ns"));
  EXPECT_THAT(Failures(report, {"p99.99>1h"}),
              ElementsAre("too few samples to rule out p99.99>1h"));
  Report unsent = report;
  unsent.outcome.points.front().result.unsent = 3;
  EXPECT_THAT(Failures(unsent, {"max>1h"}),
              ElementsAre("3 calls that were never sent leave open whether max>1h"));
}

TEST(GateTest, AnInvalidRunPassesNoCondition) {
  Report report = ExampleReport();
  report.outcome.points.front().judgement.faults = {"busy"};
  EXPECT_THAT(Failures(report, {}), IsEmpty());
  EXPECT_THAT(Failures(report, {"p99>1h"}), ElementsAre("the run is invalid: busy"));
}

// What it would have shown nobody knows.
TEST(GateTest, ARunThatWasStoppedPassesNoCondition) {
  Report report = ExampleReport();
  report.outcome.points.front().result.stopped = true;
  EXPECT_THAT(Failures(report, {}), IsEmpty());
  EXPECT_THAT(Failures(report, {"p99>1h"}), ElementsAre("the run was stopped"));
}

// Not even without a condition: nothing was measured.
TEST(GateTest, ATimeInWhichNoCallWasDueDoesNotPass) {
  Report report = WithASlowFirstPoint(Pattern::kSteps);
  RunResult& first = report.outcome.points[0].result;
  first = RunResult();
  EXPECT_THAT(Failures(report, {}),
              ElementsAre("at 1000 calls/s: no call was due in the measured time"));
  first.stopped = true;
  EXPECT_THAT(Failures(report, {}), IsEmpty()) << "whoever stopped it knows why";
}

TEST(GateTest, EveryPointOfStepsAndOfASweepIsJudged) {
  EXPECT_THAT(Failures(WithASlowFirstPoint(Pattern::kSteps), {"p99>2ms"}),
              ElementsAre("at 1000 calls/s: p99>2ms"));
  EXPECT_THAT(Failures(WithASlowFirstPoint(Pattern::kSweep), {"p99>2ms"}),
              ElementsAre("at 8 in flight: p99>2ms"));
  Report report = WithASlowFirstPoint(Pattern::kSweep);
  report.outcome.points[1].judgement.faults = {"busy"};
  EXPECT_THAT(Failures(report, {"p99>1h"}),
              ElementsAre("at 16 in flight: the run is invalid: busy"));
}

TEST(GateTest, ASearchIsJudgedByTheRateThatWasFound) {
  Report report = WithASlowFirstPoint(Pattern::kSearch);
  EXPECT_THAT(Failures(report, {}), ElementsAre("no rate that was tried meets the SLO"));
  report.outcome.highest_rate = 3000;
  EXPECT_THAT(Failures(report, {"p99>2ms"}), IsEmpty());
  EXPECT_THAT(Failures(report, {"p99>999ns"}), ElementsAre("p99>999ns"));
}

TEST(GateTest, ConditionsOnTheBaselineAskAboutTheHeadline) {
  Report report = WithASlowFirstPoint(Pattern::kSweep);
  EXPECT_THAT(Failures(report, {"echo<80%"}), ElementsAre(HasSubstr("was not measured")));
  report.baseline.emplace();
  report.baseline->echo = report.result();
  report.outcome.points[0].result.latency = Histogram();
  EXPECT_THAT(Failures(report, {"echo<80%"}), IsEmpty());
  EXPECT_THAT(Failures(report, {"echo>80%"}), ElementsAre("at 32 in flight: echo>80%"));
  report.baseline->faults = {"late"};
  EXPECT_THAT(Failures(report, {"echo<80%"}),
              ElementsAre(HasSubstr("echo<80% is open: the baseline is invalid: late")));
}

}  // namespace
}  // namespace activation::cli
