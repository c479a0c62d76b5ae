// Which loads an experiment runs and what it concludes, on servers that are formulas.
#include "client/cli/bench/experiment.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Answers `rate` calls a second, each after `latency`.
RunResult Answered(const Load& load, double rate, uint64_t latency_ns) {
  RunResult result;
  result.elapsed = load.phases.duration;
  const auto count = static_cast<int>(rate * result.seconds());
  for (int i = 0; i < count; ++i) result.latency.Add(latency_ns);
  result.codes[absl::StatusCode::kOk] = result.in_time = result.latency.count();
  return result;
}

// Up to `capacity` calls a second; beyond that calls are left unsent.
std::function<RunResult(const Load&)> Server(double capacity, std::vector<Load>* loads) {
  return [=](const Load& load) {
    loads->push_back(load);
    if (!load.rate) return Answered(load, capacity, 1000000);
    const double rate = load.rate->last;
    // A queue's latency grows without bound as the rate nears the capacity.
    const double latency = rate < capacity ? 1e6 / (1 - rate / capacity) : 1e9;
    RunResult result = Answered(load, std::min(rate, capacity), static_cast<uint64_t>(latency));
    if (rate > capacity) {
      result.unsent = static_cast<uint64_t>((rate - capacity) * result.seconds());
    }
    return result;
  };
}

Experiment Of(Pattern pattern) {
  Experiment experiment{.pattern = pattern};
  experiment.load.phases = {seconds(4), seconds(20)};
  return experiment;
}

TEST(ExperimentTest, ASingleLoadHasAllTheTime) {
  std::vector<Load> loads;
  const Outcome outcome = Conduct(Of(Pattern::kSingle), Server(1000, &loads));
  ASSERT_EQ(loads.size(), 1u);
  EXPECT_EQ(loads[0].phases.duration, seconds(20));
  EXPECT_EQ(outcome.main().result.calls_per_second(), 1000);
  EXPECT_FALSE(outcome.fit.has_value());
}

TEST(ExperimentTest, ASweepSharesTheTimeAndFindsTheBestAndTheLaw) {
  Experiment experiment = Of(Pattern::kSweep);
  experiment.concurrencies = {1, 2, 4, 8};
  const ScalabilityFit law{.rate = 1000, .contention = 0.1, .crosstalk = 0.05};
  const Outcome outcome = Conduct(experiment, [&law](const Load& load) {
    EXPECT_EQ(load.phases.duration, seconds(5));
    EXPECT_EQ(load.phases.warm_up, seconds(1));
    return Answered(load, law.At(load.concurrency), 1000);
  });
  ASSERT_EQ(outcome.points.size(), 4u);
  EXPECT_EQ(outcome.main().load.concurrency, 4) << "the law's peak is at 4.2";
  ASSERT_TRUE(outcome.fit.has_value());
  EXPECT_NEAR(outcome.fit->contention, 0.1, 0.01);
}

// What the client held back is no property of the server.
TEST(ExperimentTest, PointsThatMeasuredTheClientAreLeftOutOfTheFit) {
  Experiment experiment = Of(Pattern::kSweep);
  experiment.concurrencies = {16, 1, 2, 4, 8};
  const ScalabilityFit law{.rate = 1000, .contention = 0.1, .crosstalk = 0.05};
  const auto run = [&law](const Load& load) {
    const bool busy = load.concurrency > 4;
    RunResult result = Answered(load, busy ? 900 : law.At(load.concurrency), 1000);
    result.busy = busy ? 0.99 : 0.5;
    return result;
  };
  Outcome outcome = Conduct(experiment, run);
  ASSERT_TRUE(outcome.fit.has_value());
  EXPECT_NEAR(outcome.fit->contention, 0.1, 0.01);
  EXPECT_EQ(outcome.fit->least, 1);
  EXPECT_EQ(outcome.fit->most, 4);
  EXPECT_THAT(outcome.notes,
              ElementsAre("the points at 16, 8 in flight measured the client and are "
                          "left out of the fit"));
  experiment.concurrencies = {1, 2, 8};
  outcome = Conduct(experiment, run);
  EXPECT_FALSE(outcome.fit.has_value());
  EXPECT_THAT(outcome.notes, ElementsAre(HasSubstr("too few")));
}

TEST(ExperimentTest, StepsEndWithTheLast) {
  Experiment experiment = Of(Pattern::kSteps);
  experiment.rates = {100, 300, 200};
  std::vector<Load> loads;
  const Outcome outcome = Conduct(experiment, Server(1000, &loads));
  EXPECT_EQ(outcome.headline, 2u);
  EXPECT_EQ(outcome.main().load.rate->last, 200);
}

TEST(ExperimentTest, ASearchFindsTheHighestRateThatMeetsTheSlo) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.slo = {*ParseThreshold("p50<4ms")};
  std::vector<Load> loads;
  // 1 ms / (1 - rate / 10000) < 4 ms below 7500.
  const Outcome outcome = Conduct(experiment, Server(10000, &loads));
  EXPECT_FALSE(loads.front().rate.has_value()) << "a closed loop says where to begin";
  ASSERT_TRUE(outcome.highest_rate.has_value());
  EXPECT_LE(*outcome.highest_rate, 7600);
  EXPECT_GE(*outcome.highest_rate, 7200);
  EXPECT_EQ(outcome.main().load.rate->last, *outcome.highest_rate);
  EXPECT_EQ(outcome.main().met_slo, true);
}

TEST(ExperimentTest, ASearchThatTheClientBoundedSaysSo) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.slo = {*ParseThreshold("p50<4ms")};
  std::vector<Load> loads;
  const auto server = Server(10000, &loads);
  EXPECT_THAT(Conduct(experiment, server).notes, IsEmpty());
  const Outcome outcome = Conduct(experiment, [&server](const Load& load) {
    RunResult result = server(load);
    result.busy = load.rate && load.rate->last > 7500 ? 0.99 : 0.5;
    return result;
  });
  EXPECT_TRUE(outcome.highest_rate.has_value());
  EXPECT_THAT(outcome.notes,
              ElementsAre(HasSubstr("measured the client: the server may hold more")));
}

TEST(ExperimentTest, ARateThatIsNotReachedDoesNotHold) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.load.rate = RateProfile{3000, 3000};
  experiment.slo = {*ParseThreshold("errors<1%")};
  std::vector<Load> loads;
  const Outcome outcome = Conduct(experiment, Server(1000, &loads));
  EXPECT_EQ(loads.front().rate->last, 3000) << "begins where it was told";
  ASSERT_TRUE(outcome.highest_rate.has_value());
  EXPECT_LE(*outcome.highest_rate, 1011);
}

TEST(ExperimentTest, AServerThatRefusesEverythingMeetsNoSlo) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.load.rate = RateProfile{1000, 1000};
  experiment.slo = {*ParseThreshold("calls<100")};
  const Outcome outcome = Conduct(experiment, [](const Load& load) {
    RunResult result;
    result.elapsed = load.phases.duration;
    result.codes[absl::StatusCode::kResourceExhausted] =
        static_cast<uint64_t>(load.rate->last * result.seconds());
    return result;
  });
  EXPECT_FALSE(outcome.highest_rate.has_value());
}

// A closed loop that says where to begin is no point, but nothing about it is lost.
TEST(ExperimentTest, WrongRepliesToASearchsFirstLoopCount) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.slo = {*ParseThreshold("p50<4ms")};
  const Outcome outcome = Conduct(experiment, [](const Load& load) {
    RunResult result = Answered(load, load.rate ? load.rate->last : 1000, 1000);
    result.wrong = load.rate ? 0 : 7;
    return result;
  });
  EXPECT_EQ(outcome.discarded_wrong, 7u);
  EXPECT_TRUE(outcome.points.front().load.rate.has_value());
  EXPECT_TRUE(outcome.highest_rate.has_value());
}

TEST(ExperimentTest, ASearchThatIsStoppedInItsFirstLoopEndsWithIt) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.slo = {*ParseThreshold("p50<4ms")};
  int runs = 0;
  const Outcome outcome = Conduct(experiment, [&runs](const Load& load) {
    RunResult result = Answered(load, 100, 1000);
    result.stopped = true;
    ++runs;
    return result;
  });
  EXPECT_EQ(runs, 1);
  ASSERT_EQ(outcome.points.size(), 1u);
  EXPECT_FALSE(outcome.main().load.rate.has_value());
  EXPECT_FALSE(outcome.highest_rate.has_value());
}

TEST(ExperimentTest, ASearchThatFindsNothingEndsWithTheLowestThatSaysSomething) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.load.rate = RateProfile{4, 4};
  experiment.slo = {*ParseThreshold("mean<1ns")};
  std::vector<Load> loads;
  const Outcome outcome = Conduct(experiment, Server(1000, &loads));
  EXPECT_FALSE(outcome.highest_rate.has_value());
  // Two seconds each: at 4/s, 2/s and 1/s calls were due, at 0.25/s none.
  EXPECT_EQ(outcome.main().load.rate->last, 0.5);
  EXPECT_EQ(loads.back().rate->last, 0.25);
}

// Of 200 calls in two seconds none can tell p99.9.
TEST(ExperimentTest, TooFewSamplesAreNoVerdict) {
  Experiment experiment = Of(Pattern::kSearch);
  experiment.load.rate = RateProfile{100, 100};
  experiment.slo = {*ParseThreshold("p50<1s"), *ParseThreshold("p99.9<1s")};
  std::vector<Load> loads;
  const Outcome outcome = Conduct(experiment, Server(1000, &loads));
  EXPECT_EQ(loads.size(), 1u) << "lower rates say even less";
  EXPECT_FALSE(outcome.highest_rate.has_value());
  EXPECT_EQ(outcome.main().met_slo, std::nullopt);
  ASSERT_TRUE(outcome.undecided.has_value());
  EXPECT_EQ(outcome.undecided->condition, "p99.9<1s");
  EXPECT_EQ(outcome.undecided->calls_needed, 10000u);
  // Fifty times the 200 calls, and a tenth for chance.
  EXPECT_NEAR(static_cast<double>(outcome.undecided->duration_needed.count()), 1100, 1);
  // What they say is enough where a condition is missed for certain.
  experiment.slo = {*ParseThreshold("p50<1ns"), *ParseThreshold("p99.9<1s")};
  EXPECT_EQ(Conduct(experiment, Server(1000, &loads)).points.front().met_slo, false);
  // With that duration it is decided.
  experiment.slo = {*ParseThreshold("p99.9<1s")};
  experiment.load.phases.duration = outcome.undecided->duration_needed;
  EXPECT_TRUE(Conduct(experiment, Server(1000, &loads)).highest_rate.has_value());
}

TEST(ExperimentTest, TheBaselineHasAThirdOfTheTimeOfAllPoints) {
  Experiment experiment = Of(Pattern::kSweep);
  experiment.concurrencies = {1, 2, 4, 8, 16, 32, 64, 128};
  std::vector<Load> loads;
  const Outcome outcome = Conduct(experiment, Server(1000, &loads));
  const Load load = BaselineLoad(experiment, outcome);
  EXPECT_EQ(load.concurrency, outcome.main().load.concurrency);
  EXPECT_EQ(load.phases.duration, experiment.load.phases.duration / 3);
  EXPECT_EQ(load.phases.warm_up, experiment.load.phases.warm_up / 3);
}

TEST(ExperimentTest, WhatWasStoppedIsTheLast) {
  Experiment experiment = Of(Pattern::kSteps);
  experiment.rates = {100, 200, 300};
  int runs = 0;
  const Outcome outcome = Conduct(experiment, [&runs](const Load& load) {
    RunResult result = Answered(load, 100, 1000);
    result.stopped = ++runs == 2;
    return result;
  });
  EXPECT_EQ(outcome.points.size(), 2u);
  EXPECT_EQ(outcome.headline, 1u);
}

}  // namespace
}  // namespace activation::cli
