// The whole library against a real gRPC server that misbehaves on request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "activation/client.h"
#include "tests/client/test_server.h"

namespace activation::client {
namespace {

using testing::HasSubstr;

class ClientIntegrationTest : public testing::Test {
 protected:
  ClientOptions Options() const { return {.endpoint = server_.endpoint()}; }

  absl::Status Call(const Client& client) {
    return client.Forward({.function = "gelu"}, x_, absl::MakeSpan(y_));
  }

  TestServer server_;
  std::vector<float> x_ = {-1, 0, 1};
  std::vector<float> y_ = std::vector<float>(3);
};

TEST_F(ClientIntegrationTest, CarriesTensorsThereAndBack) {
  const Client client(Options());
  for (const size_t n : {size_t{0}, size_t{1}, size_t{3}, size_t{100000}, size_t{3000001}}) {
    std::vector<float> x(n), y(n);
    std::iota(x.begin(), x.end(), 0.5f);
    ASSERT_EQ(client.Forward({.function = "gelu"}, x, absl::MakeSpan(y)), absl::OkStatus());
    EXPECT_TRUE(x == y) << n;
  }
}

TEST_F(ClientIntegrationTest, RetriesUntilTheServerAnswers) {
  server_.FailNext(3, {{grpc::StatusCode::UNAVAILABLE, "draining"}, ""});
  EXPECT_EQ(Call(Client(Options())), absl::OkStatus());
  EXPECT_EQ(server_.calls(), 4);
  EXPECT_EQ(y_, x_);
}

TEST_F(ClientIntegrationTest, HonoursPushback) {
  server_.FailNext(1, {{grpc::StatusCode::RESOURCE_EXHAUSTED, "full"}, "30"});
  const absl::Time before = absl::Now();
  EXPECT_EQ(Call(Client(Options())), absl::OkStatus());
  EXPECT_GE(absl::Now() - before, absl::Milliseconds(30));
  EXPECT_EQ(server_.calls(), 2);
}

TEST_F(ClientIntegrationTest, AnErrorKeepsWhatTheServerSaysOfAnotherTry) {
  server_.FailNext(1, {{grpc::StatusCode::RESOURCE_EXHAUSTED, "full"}, "30"});
  ClientOptions options = Options();
  options.retry.max_attempts = 1;
  const absl::Status status = Call(Client(options));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "full");
  EXPECT_EQ(RetryDelay(status), std::chrono::milliseconds(30));
}

TEST_F(ClientIntegrationTest, HonoursRetryInfoInTheDetails) {
  // google.rpc.Status with a RetryInfo of 20 ms.
  const std::string duration = "\x10\x80\xda\xc4\x09";
  const std::string type = "type.googleapis.com/google.rpc.RetryInfo";
  const std::string info = std::string("\x0a\x05") + duration;
  const std::string any = std::string("\x0a") + static_cast<char>(type.size()) + type + "\x12" +
                          static_cast<char>(info.size()) + info;
  const std::string details = std::string("\x1a") + static_cast<char>(any.size()) + any;
  server_.FailNext(1, {{grpc::StatusCode::RESOURCE_EXHAUSTED, "full", details}, ""});
  const absl::Time before = absl::Now();
  EXPECT_EQ(Call(Client(Options())), absl::OkStatus());
  EXPECT_GE(absl::Now() - before, absl::Milliseconds(20));
}

TEST_F(ClientIntegrationTest, PushbackMayForbidRetries) {
  server_.FailNext(1, {{grpc::StatusCode::UNAVAILABLE, "go away"}, "-1"});
  EXPECT_EQ(Call(Client(Options())), absl::UnavailableError("go away"));
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(ClientIntegrationTest, OtherErrorsAreNotRetried) {
  server_.FailNext(1, {{grpc::StatusCode::INVALID_ARGUMENT, "items[0].x: bad"}, ""});
  EXPECT_EQ(Call(Client(Options())), absl::InvalidArgumentError("items[0].x: bad"));
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(ClientIntegrationTest, MalformedRepliesAreInternal) {
  server_.ChangeReplies([](v1::ForwardResponse& response) {
    response.mutable_results(0)->mutable_y()->mutable_data()->append("more");
  });
  const absl::Status status = Call(Client(Options()));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("results[0].y.data"));
}

TEST_F(ClientIntegrationTest, TheDeadlineEndsTheCallOnBothSides) {
  server_.HoldCalls();
  ClientOptions options = Options();
  options.deadline = std::chrono::milliseconds(100);
  EXPECT_EQ(Call(Client(options)).code(), absl::StatusCode::kDeadlineExceeded);
  server_.cancelled().WaitForNotification();
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(ClientIntegrationTest, ThePoolHasConnectionsOfItsOwn) {
  ClientOptions options = Options();
  options.connections = 3;
  const Client client(options);
  for (int i = 0; i < 6; ++i) ASSERT_EQ(Call(client), absl::OkStatus());
  EXPECT_EQ(server_.peers(), 3u);
  ASSERT_EQ(Call(Client(options)), absl::OkStatus());
  EXPECT_EQ(server_.peers(), 4u);
}

TEST_F(ClientIntegrationTest, ServesManyThreadsAtOnce) {
  const Client client(Options());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([copy = client, t] {
      for (int i = 0; i < 50; ++i) {
        const std::vector<float> x(100, static_cast<float>(1000 * t + i));
        std::vector<float> y(100);
        ASSERT_EQ(copy.Forward({.function = "gelu"}, x, absl::MakeSpan(y)), absl::OkStatus());
        ASSERT_EQ(x, y);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ClientIntegrationTest, ManyAsyncCallsRunAtOnce) {
  constexpr int kCalls = 200;
  server_.FailNext(20, {{grpc::StatusCode::UNAVAILABLE, "busy"}, "1"});
  ClientOptions options = Options();
  options.retry.max_attempts = 30;
  options.retry.budget = 1;
  const Client client(options);
  std::vector<std::vector<float>> ys(kCalls, std::vector<float>(3));
  absl::BlockingCounter left(kCalls);
  std::atomic<int> failed{0};
  for (auto& y : ys) {
    client.ForwardAsync({{.x = {.shape = {3}, .data = x_.data()}, .y = y.data()}},
                        [&](const absl::Status& status) {
                          failed += status.ok() ? 0 : 1;
                          left.DecrementCount();
                        });
  }
  left.Wait();
  EXPECT_EQ(server_.calls(), kCalls + 20 - failed);
  EXPECT_LE(failed, 10);  // what the budget of a process's first calls does not cover
}

TEST_F(ClientIntegrationTest, TheClientMayGoWhileCallsAreUnderWay) {
  auto future =
      Client(Options()).ForwardAsync({{.x = {.shape = {3}, .data = x_.data()}, .y = y_.data()}});
  EXPECT_EQ(future.get(), absl::OkStatus());
  EXPECT_EQ(y_, x_);
}

TEST_F(ClientIntegrationTest, TheLastCopyMayGoInACallback) {
  absl::Notification done;
  auto client = std::make_unique<Client>(Options());
  client->ForwardAsync({{.x = {.shape = {3}, .data = x_.data()}, .y = y_.data()}},
                       [&](const absl::Status& status) {
                         EXPECT_EQ(status, absl::OkStatus());
                         client.reset();
                         done.Notify();
                       });
  done.WaitForNotification();
}

// Nobody listens there, and no_proxy of whoever runs this does not count.
TEST_F(ClientIntegrationTest, NoProxyStandsBetweenThisMachineAndItself) {
  setenv("grpc_proxy", "http://127.0.0.1:1", 1);
  setenv("no_grpc_proxy", "elsewhere.example", 1);
  const Client client(Options());
  EXPECT_EQ(Call(client), absl::OkStatus());
  EXPECT_EQ(client.CheckHealth(), absl::OkStatus());
  unsetenv("grpc_proxy");
  unsetenv("no_grpc_proxy");
}

TEST_F(ClientIntegrationTest, HealthFollowsTheServer) {
  const Client client(Options());
  EXPECT_EQ(client.CheckHealth(), absl::OkStatus());
  server_.SetServing("activation.v1.ActivationService", false);
  EXPECT_EQ(client.CheckHealth(), absl::OkStatus());
  EXPECT_EQ(client.CheckHealth("activation.v1.ActivationService"),
            absl::UnavailableError("activation.v1.ActivationService is not serving"));
  EXPECT_EQ(client.CheckHealth("no.such.Service").code(), absl::StatusCode::kNotFound);
}

TEST(DeadEndpointTest, IsUnavailableAndSaysWhere) {
  const Client client({.endpoint = "unix:/nonexistent/activation.sock"});
  const std::vector<float> x(1);
  std::vector<float> y(1);
  const absl::Status status = client.Forward({.function = "gelu"}, x, absl::MakeSpan(y));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/activation.sock"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("tried 4 times"));
  EXPECT_EQ(client.CheckHealth().code(), absl::StatusCode::kUnavailable);
}

// With no server in this process, this client's channels are the last that need
// gRPC's callback threads; many rounds, because only some would meet the mistake.
TEST(DeadEndpointTest, TheLastClientMayGoInACallback) {
  for (int round = 0; round < 100; ++round) {
    absl::Notification done;
    float x = 0, y = 0;
    auto client = std::make_unique<Client>(
        ClientOptions{.endpoint = "unix:/nonexistent/a.sock", .retry = {.max_attempts = 1}});
    client->ForwardAsync({{.x = {.data = &x}, .y = &y}}, [&](const absl::Status& status) {
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
      client.reset();
      done.Notify();
    });
    done.WaitForNotification();
  }
}

}  // namespace
}  // namespace activation::client
