// Whole runs over real gRPC against a server that can be told to fail.
#include "client/cli/bench/runner.h"

#include <filesystem>
#include <string>
#include <vector>

#include "client/cli/app.h"
#include "client/cli/bench/echo_server.h"
#include "client/cli/bench/workload_text.h"
#include "client/cli/exit_codes.h"
#include "gtest/gtest.h"
#include "tests/cli/bench/relu_server.h"

namespace activation::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr uint64_t kCalls = 200;

// A run that the server stops once it has seen kCalls calls.
class RunnerTest : public ::testing::TestWithParam<bool> {
 protected:
  void Serve(ReluServer::Faults faults) {
    faults.on_call = [this](uint64_t number) {
      if (number + 1 == kCalls) stop_ = true;
    };
    server_ = std::make_unique<ReluServer>(std::move(faults));
  }

  RunResult Measure(Load load, const std::string& mix) {
    load.phases = {milliseconds(0), hours(1)};
    const auto workload = Workload::Make(*ParseMix(mix, {}));
    EXPECT_TRUE(workload.ok()) << workload.status();
    const PreparedCalls calls({.stream = GetParam()}, *workload, Expect::kResult);
    client::ClientOptions options;
    options.endpoint = server_->endpoint();
    EXPECT_TRUE(TryOnce(options, calls).ok());
    return RunLoad(options, calls, load, {.stop = &stop_});
  }

  // With a first call that is no part of it.
  static constexpr uint64_t kTried = 1;

  std::atomic<bool> stop_{false};
  std::unique_ptr<ReluServer> server_;
};

TEST_P(RunnerTest, RightRepliesAreCountedAndTimed) {
  Serve({});
  const RunResult result = Measure({.concurrency = 4, .threads = 2}, "relu:33");
  EXPECT_EQ(result.wrong, 0u);
  // Those in flight when it was stopped are answered, too.
  EXPECT_GE(result.answered(), kCalls - kTried);
  EXPECT_EQ(result.answered(), server_->calls() - kTried);
  EXPECT_EQ(result.codes.at(absl::StatusCode::kOk), result.answered());
  EXPECT_LE(result.in_time, result.answered());
  EXPECT_EQ(result.elements, 33.0 * static_cast<double>(result.in_time));
  EXPECT_GT(result.elapsed.count(), 0);
  EXPECT_TRUE(result.stopped);
  EXPECT_TRUE(result.first_error.ok());
}

TEST_P(RunnerTest, EveryWrongBitIsSeen) {
  Serve({.wrong_bit = [](uint64_t number) { return number % 10 == 3; }});
  const RunResult result = Measure({.concurrency = 8, .threads = 2}, "relu:33, relu:7*2");
  uint64_t wrong = 0;
  for (uint64_t number = 0; number < server_->calls(); ++number) wrong += number % 10 == 3 ? 1 : 0;
  EXPECT_EQ(result.wrong, wrong);
}

TEST_P(RunnerTest, FailedCallsAreCountedByCodeAndTimedApart) {
  Serve({.failure = [](uint64_t number) { return number % 4 == 3; }});
  const RunResult result = Measure({.concurrency = 1}, "relu:33");
  EXPECT_EQ(result.codes.at(absl::StatusCode::kUnavailable), server_->calls() / 4);
  EXPECT_EQ(result.failed(), server_->calls() / 4);
  EXPECT_EQ(result.failures.count(), result.failed());
  EXPECT_EQ(result.latency.count(), server_->calls() - kTried - result.failed());
  EXPECT_EQ(result.wrong, 0u);
  EXPECT_EQ(result.first_error.message(), "away");
}

TEST_P(RunnerTest, AnOpenLoopTimesFromWhenCallsWereDue) {
  Serve({});
  const RunResult result =
      Measure({.concurrency = 16, .threads = 2, .rate = RateProfile{2000, 2000}}, "relu:33");
  EXPECT_GE(result.answered(), kCalls - kTried);
  EXPECT_EQ(result.uncorrected.count(), result.answered());
  EXPECT_EQ(result.lateness.count(), result.answered());
  EXPECT_GE(result.latency.mean(), result.uncorrected.mean());
  EXPECT_EQ(result.wrong, 0u);
}

INSTANTIATE_TEST_SUITE_P(Unary, RunnerTest, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Streams, RunnerTest, ::testing::Values(true));

constexpr int kInFlight = 3;

// However late the sender wakes: there was a place for it.
TEST(RunnerOpenLoopTest, ACallThatWasDueBeforeTheEndIsSent) {
  const ReluServer server({});
  const auto workload = Workload::Make(*ParseMix("relu:8", {}));
  ASSERT_TRUE(workload.ok());
  const PreparedCalls calls({}, *workload, Expect::kResult);
  client::ClientOptions options;
  options.endpoint = server.endpoint();
  const Load load{
      .concurrency = 1, .phases = {nanoseconds(0), nanoseconds(1)}, .rate = RateProfile{1, 1}};
  const RunResult result = RunLoad(options, calls, load, {});
  EXPECT_EQ(result.answered(), 1u);
  EXPECT_EQ(result.unsent, 0u);
}

// With one place and always a call that is due each is late by what the client did since the reply
// before it, so that together they fill the time; but for what came after the last.
TEST(RunnerOpenLoopTest, WhatTheClientDoesBetweenCallsIsItsOwn) {
  const ReluServer server({});
  const auto workload = Workload::Make(*ParseMix("relu:500000", {}));
  ASSERT_TRUE(workload.ok());
  const PreparedCalls calls({}, *workload, Expect::kResult);
  client::ClientOptions options;
  options.endpoint = server.endpoint();
  ASSERT_TRUE(TryOnce(options, calls).ok());
  std::atomic<bool> stop{false};
  const auto stop_after_some = [&stop](const Progress& progress) {
    if (progress.answered >= 20) stop = true;
  };
  const Load load{
      .concurrency = 1, .phases = {nanoseconds(0), hours(1)}, .rate = RateProfile{1e5, 1e5}};
  const RunResult result =
      RunLoad(options, calls, load, {.stop = &stop, .on_progress = stop_after_some});
  ASSERT_GE(result.answered(), 20u);
  const double accounted =
      static_cast<double>(result.answered()) * (result.lateness.mean() + result.uncorrected.mean());
  const auto all = static_cast<double>((result.elapsed + result.tail).count());
  EXPECT_NEAR(accounted / all, 1, 0.02);
}

// Of a gradient dx alone would come back from a server.
TEST(RunnerEchoTest, WhatAnEchoSendsBackIsWhatItGot) {
  const auto echo = EchoServer::Start("127.0.0.1:0");
  ASSERT_TRUE(echo.ok());
  const auto workload = Workload::Make(*ParseMix("relu:8:gradient", {}));
  ASSERT_TRUE(workload.ok());
  const PreparedCalls calls({}, *workload, Expect::kEcho);
  client::ClientOptions options;
  options.endpoint = (*echo)->target();
  std::atomic<bool> stop{false};
  const auto stop_after_one = [&stop](const Progress& progress) {
    if (progress.answered > 0) stop = true;
  };
  const Load load{.concurrency = 1, .phases = {nanoseconds(0), hours(1)}};
  const RunResult result =
      RunLoad(options, calls, load, {.stop = &stop, .on_progress = stop_after_one});
  ASSERT_GT(result.in_time, 0u);
  const auto answered = static_cast<double>(result.in_time);
  EXPECT_EQ(result.elements, 8 * answered);
  EXPECT_EQ(result.bytes, sizeof(float) * 2 * 2 * 8 * answered) << "x and dy, both ways";
}

TEST(RunnerLoadTest, EveryWorkerHasAConnection) {
  const auto all = [](int concurrency, int threads, int asked) {
    return ConnectionsOf({.concurrency = concurrency, .threads = threads}, asked);
  };
  EXPECT_EQ(all(64, 1, 2), 2);
  EXPECT_EQ(all(64, 4, 2), 4);
  EXPECT_EQ(all(64, 4, 9), 9);
  EXPECT_EQ(all(2, 4, 1), 2) << "no more threads than calls in flight";
}

TEST(RunnerStreamTest, ASilentServerEndsWithTheDeadline) {
  std::atomic<bool> stop{false};
  const ReluServer server({.silence = [](uint64_t) { return true; },
                           .on_call =
                               [&stop](uint64_t number) {
                                 if (number + 1 == kInFlight) stop = true;
                               }});
  const auto workload = Workload::Make(*ParseMix("relu:8", {}));
  ASSERT_TRUE(workload.ok());
  const PreparedCalls calls({.stream = true}, *workload, Expect::kResult);
  client::ClientOptions options;
  options.endpoint = server.endpoint();
  options.deadline = milliseconds(100);
  const Load load{.concurrency = kInFlight, .phases = {milliseconds(0), hours(1)}};
  const RunResult result = RunLoad(options, calls, load, {.stop = &stop});
  EXPECT_EQ(result.codes.at(absl::StatusCode::kCancelled), uint64_t{kInFlight});
  EXPECT_EQ(result.answered(), 0u);
}

TEST(RunnerConfidenceTest, EndsOnceItKnowsEnough) {
  const auto echo = EchoServer::Start("127.0.0.1:0");
  ASSERT_TRUE(echo.ok());
  const auto workload = Workload::Make(*ParseMix("relu:8", {}));
  ASSERT_TRUE(workload.ok());
  const PreparedCalls calls({}, *workload, Expect::kEcho);
  client::ClientOptions options;
  options.endpoint = (*echo)->target();
  Load load{.concurrency = 2, .phases = {milliseconds(0), hours(1)}, .until_confident = 0.9};
  const RunResult result = RunLoad(options, calls, load, {});
  EXPECT_TRUE(result.confident);
  EXPECT_FALSE(result.stopped);
  EXPECT_EQ(result.wrong, 0u) << "an echo is held to the request's bytes";
  EXPECT_GT(result.answered(), 0u);
}

int Bench(const std::string& endpoint, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"activation-client", "--address=" + endpoint, "bench", "-f",
                                       "relu", "--duration=200ms", "--warm-up=0"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return Main(static_cast<int>(argv.size()), argv.data());
}

// The first call is right, so that only the load itself finds them.
TEST(BenchCommandTest, WrongLastBitsAreExitCode98) {
  const ReluServer server({.wrong_bit = [](uint64_t number) { return number > 0; }});
  for (const char* way : {"--rate=500", "--stream", "--concurrency=3"}) {
    EXPECT_EQ(Bench(server.endpoint(), {way}), kExitWrongNumbers) << way;
  }
}

// What cannot be written is a lesser fault.
TEST(BenchCommandTest, WrongRepliesAreExitCode98WhereAReportCannotBeWritten) {
  const ReluServer server({.wrong_bit = [](uint64_t number) { return number > 0; }});
  const std::string full = ::testing::TempDir() + "full.json";
  std::filesystem::remove(full);
  std::filesystem::create_symlink("/dev/full", full);
  EXPECT_EQ(Bench(server.endpoint(), {"--output=" + full}), kExitWrongNumbers);
}

TEST(BenchCommandTest, ASearchThatFindsNoRateIsExitCode99) {
  const ReluServer server({});
  EXPECT_EQ(Bench(server.endpoint(), {"--find-rate", "--rate=1000", "--slo=mean<1ns"}),
            kExitThreshold);
}

// The closed loop alone sees the first calls.
TEST(BenchCommandTest, WrongRepliesBeforeASearchAreExitCode98) {
  const ReluServer server({.wrong_bit = [](uint64_t number) { return number == 1; }});
  EXPECT_EQ(Bench(server.endpoint(), {"--find-rate", "--slo=mean<1h"}), kExitWrongNumbers);
}

TEST(BenchCommandTest, AConditionThatIsMetIsExitCode99) {
  const ReluServer server({});
  const auto with = [&server](const char* condition) {
    return Bench(server.endpoint(), {"--rate=500", std::string("--fail-if=") + condition});
  };
  EXPECT_EQ(with("p50>0s"), kExitThreshold);
  EXPECT_EQ(with("calls<1000000"), kExitThreshold);
  EXPECT_EQ(with("p99.99>1h"), kExitThreshold) << "too few samples to rule it out";
}

}  // namespace
}  // namespace activation::cli
