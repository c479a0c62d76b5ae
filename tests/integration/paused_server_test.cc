// What clients make of a server that stands still: a load test at a constant rate says so, and a
// connection that answers no ping is given up.
#include <signal.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "activation/client.h"
#include "client/cli/bench/judgement.h"
#include "client/cli/bench/report.h"
#include "client/cli/bench/runner.h"
#include "client/cli/bench/workload_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/integration/child_process.h"

namespace activation::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr nanoseconds kPause = seconds(1);

std::string WaitForStart(ChildProcess* server) {
  for (std::string line = server->ReadLine(); !line.empty(); line = server->ReadLine()) {
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object() && entry.value("event", "") == "started") return entry["address"];
  }
  return "";
}

// Stops the server once, half a second into the measured time, for as long as kPause.
class PauseOnce {
 public:
  explicit PauseOnce(const ChildProcess& server) : server_(server) {}

  void operator()(const Progress& progress) {
    if (!stopped_ && progress.elapsed > progress.phases.warm_up + milliseconds(500)) {
      server_.Signal(SIGSTOP);
      stopped_ = true;
      since_ = progress.elapsed;
    } else if (stopped_ && !resumed_ && progress.elapsed >= since_ + kPause) {
      server_.Signal(SIGCONT);
      resumed_ = true;
    }
  }

 private:
  const ChildProcess& server_;
  bool stopped_ = false;
  bool resumed_ = false;
  nanoseconds since_{0};
};

TEST(PausedServerTest, CorrectedLatencyShowsThePauseAndTheReportSaysSo) {
  ChildProcess server(
      {ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off", "--log-format=json"});
  client::ClientOptions options;
  options.endpoint = WaitForStart(&server);
  ASSERT_NE(options.endpoint, "");
  const auto workload = Workload::Make(*ParseMix("relu:64", {}));
  ASSERT_TRUE(workload.ok());
  const PreparedCalls calls({}, *workload, Expect::kResult);
  const Load load{
      .concurrency = 8, .phases = {milliseconds(200), seconds(4)}, .rate = RateProfile{2000, 2000}};
  const RunResult result = RunLoad(options, calls, load, {.on_progress = PauseOnce(server)});

  const auto corrected = result.latency.Percentile(99);
  const auto uncorrected = result.uncorrected.Percentile(99);
  ASSERT_TRUE(corrected && uncorrected);
  EXPECT_GT(nanoseconds(*corrected), kPause / 2);
  EXPECT_LT(nanoseconds(*uncorrected), kPause / 2);
  EXPECT_GT(nanoseconds(result.uncorrected.max()), kPause / 2) << "the calls in flight waited";
  EXPECT_GT(result.held_back, 1000u);
  EXPECT_EQ(result.wrong, 0u);
  EXPECT_GT(result.stages.held, 10 * result.stages.client) << "the pause was not the client's";

  Report report;
  report.cases = {{workload->cases().front().options(), 0, 0}};
  report.outcome.points = {{load, result, Judge(result, load)}};
  EXPECT_THAT(ReportText(report), HasSubstr("calls waited to be sent: p99 is"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

// The kernel of a process that is stopped takes bytes and confirms them: only a ping tells.
TEST(PausedServerTest, AConnectionThatAnswersNoPingIsGivenUp) {
  ChildProcess server(
      {ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off", "--log-format=json"});
  client::ClientOptions options;
  options.endpoint = WaitForStart(&server);
  options.deadline = std::chrono::minutes(2);
  options.connections = 1;
  options.retry.max_attempts = 1;
  options.keepalive = {.time = seconds(1), .timeout = seconds(2)};
  ASSERT_NE(options.endpoint, "");
  const client::Client client(options);
  const auto call = [&client] {
    const std::vector<float> x = {-1, 2};
    std::vector<float> y(2);
    return client.Forward({.function = "relu"}, x, absl::MakeSpan(y));
  };
  // How the first call ends that succeeds or fails as `wanted` does; calls for a minute at most.
  const auto await = [&call](absl::StatusCode wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    absl::Status status = call();
    while (status.ok() != (wanted == absl::StatusCode::kOk) &&
           std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds(2));
      status = call();
    }
    return status.code();
  };
  ASSERT_EQ(await(absl::StatusCode::kOk), absl::StatusCode::kOk);
  server.Signal(SIGSTOP);
  // The first that the server does not answer any more; else it would end at its deadline.
  EXPECT_EQ(await(absl::StatusCode::kUnavailable), absl::StatusCode::kUnavailable);
  server.Signal(SIGCONT);
  EXPECT_EQ(await(absl::StatusCode::kOk), absl::StatusCode::kOk);
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

}  // namespace
}  // namespace activation::cli
