#include "client/cli/bench/runner.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "client/src/connection.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

constexpr uint64_t kCalls = 200;

// Answers relu in the calling thread, before Start returns. What is to go wrong
// is told by the number of the call. Sets `stop` after kCalls calls.
class ReluConnection : public client::Connection {
 public:
  void Start(std::shared_ptr<client::Call> call, Done done) override {
    const uint64_t number = calls_++;
    if (calls_ == kCalls) stop = true;
    auto& exchange = std::get<client::ForwardExchange>(call->exchange);
    for (const auto& item : exchange.request.items()) {
      v1::Tensor& y = *exchange.response.add_results()->mutable_y();
      y = item.x();
      auto* values = reinterpret_cast<float*>(y.mutable_data()->data());
      for (size_t i = 0; i < y.data().size() / sizeof(float); ++i) {
        values[i] = std::max(values[i], 0.0f);
      }
    }
    if (wrong_bit && wrong_bit(number)) {
      // The least bit of the very last element.
      std::string* data =
          exchange.response.mutable_results()->rbegin()->mutable_y()->mutable_data();
      (*data)[data->size() - sizeof(float)] ^= 1;
    }
    const bool fails = failure && failure(number);
    done({fails ? absl::UnavailableError("away") : absl::OkStatus(), std::nullopt});
  }

  absl::Status CheckHealth(const std::string&, absl::Time) override { return absl::OkStatus(); }
  const client::ClientOptions& options() const override { return options_; }

  std::function<bool(uint64_t)> wrong_bit;
  std::function<bool(uint64_t)> failure;
  std::atomic<bool> stop{false};

 private:
  client::ClientOptions options_;
  uint64_t calls_ = 0;
};

RunResult RunOver(const std::shared_ptr<ReluConnection>& connection, int concurrency) {
  WorkloadOptions options;
  options.activation.function = "relu";
  options.elements = 33;
  options.items = 3;
  const auto workload = Workload::Make(options);
  EXPECT_TRUE(workload.ok()) << workload.status();
  return Run(client::Client(connection), *workload,
             {.concurrency = concurrency,
              .pacer = Pacer(std::chrono::seconds(0), std::chrono::hours(1)),
              .stop = &connection->stop,
              .on_progress = nullptr});
}

TEST(RunnerTest, RightRepliesAreCountedAndTimed) {
  const auto connection = std::make_shared<ReluConnection>();
  const RunResult result = RunOver(connection, 4);
  EXPECT_EQ(result.wrong, 0u);
  EXPECT_EQ(result.codes.at(absl::StatusCode::kOk), kCalls);
  EXPECT_EQ(result.latency.count(), kCalls);
  EXPECT_GT(result.elapsed.count(), 0);
  EXPECT_TRUE(result.stopped);
  EXPECT_TRUE(result.first_error.ok());
}

TEST(RunnerTest, OneWrongBitIsSeen) {
  const auto connection = std::make_shared<ReluConnection>();
  connection->wrong_bit = [](uint64_t number) { return number % 10 == 3; };
  EXPECT_EQ(RunOver(connection, 2).wrong, kCalls / 10);
}

TEST(RunnerTest, FailedCallsAreCountedByCodeAndHaveNoLatency) {
  const auto connection = std::make_shared<ReluConnection>();
  connection->failure = [](uint64_t number) { return number % 4 == 0; };
  const RunResult result = RunOver(connection, 1);
  EXPECT_EQ(result.codes.at(absl::StatusCode::kUnavailable), kCalls / 4);
  EXPECT_EQ(result.latency.count(), kCalls - kCalls / 4);
  EXPECT_EQ(result.wrong, 0u);
  EXPECT_EQ(result.first_error.message(), "away");
}

TEST(WorkloadTest, AReplyThatWasNeverWrittenIsWrong) {
  class Silent : public ReluConnection {
    void Start(std::shared_ptr<client::Call>, Done done) override {
      stop = true;
      done({absl::DataLossError("nothing"), std::nullopt});
    }
  };
  WorkloadOptions options;
  options.activation.function = "relu";
  const auto workload = Workload::Make(options);
  ASSERT_TRUE(workload.ok());
  std::string reply(workload->reply_bytes(), '\0');
  workload->Send(client::Client(std::make_shared<Silent>()), 0, reply.data(),
                 [](const absl::Status&) {});
  EXPECT_FALSE(workload->Check(0, reply.data()));
}

TEST(WorkloadTest, RefusesWhatTheEngineRefuses) {
  WorkloadOptions options;
  options.activation.function = "gelo";
  EXPECT_EQ(Workload::Make(options).status().code(), absl::StatusCode::kNotFound);
  options.activation = {.function = "relu", .parameters = {{"slope", 1}}};
  EXPECT_EQ(Workload::Make(options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace activation::cli
