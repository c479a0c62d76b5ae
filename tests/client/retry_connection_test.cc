#include "client/src/retry_connection.h"

#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/match.h"
#include "activation/types.h"
#include "client/src/outcome.h"
#include "tests/client/fakes.h"

namespace activation::client {
namespace {

class RetryConnectionTest : public testing::Test {
 protected:
  void Fail(int times, const absl::Status& status = absl::UnavailableError("gone"),
            std::optional<absl::Duration> pushback = std::nullopt) {
    for (int i = 0; i < times; ++i) next_->script.push_back({status, pushback});
  }

  void Start(RetryOptions options = {}, absl::Duration deadline = absl::Seconds(10)) {
    auto call = std::make_shared<Call>();
    call->deadline = timer_->now + deadline;
    call->in_place = in_place_;
    auto policy = std::make_shared<RetryPolicy>(options, [] { return 0.5; });
    RetryConnection connection(next_, policy, timer_);
    connection.Start(call, [this](const Outcome& outcome) {
      EXPECT_FALSE(result_.has_value());
      result_ = outcome.status;
    });
  }

  void FireAll() {
    while (timer_->waiting()) timer_->Fire();
  }

  std::shared_ptr<ScriptedConnection> next_ = std::make_shared<ScriptedConnection>();
  std::shared_ptr<ManualTimer> timer_ = std::make_shared<ManualTimer>();
  std::optional<absl::Status> result_;
  bool in_place_ = false;
};

TEST_F(RetryConnectionTest, SuccessNeedsOneTry) {
  Start();
  EXPECT_EQ(result_, absl::OkStatus());
  EXPECT_EQ(next_->starts, 1);
  EXPECT_TRUE(timer_->delays.empty());
}

TEST_F(RetryConnectionTest, TriesAgainAfterTheWaitAndNotBefore) {
  Fail(2);
  Start();
  EXPECT_EQ(next_->starts, 1);
  EXPECT_FALSE(result_.has_value());
  timer_->Fire();
  EXPECT_EQ(next_->starts, 2);
  timer_->Fire();
  EXPECT_EQ(next_->starts, 3);
  EXPECT_EQ(result_, absl::OkStatus());
  EXPECT_EQ(timer_->delays,
            (std::vector<absl::Duration>{absl::Milliseconds(5), absl::Milliseconds(10)}));
}

TEST_F(RetryConnectionTest, GivesUpWithTheLastStatusAndTheNumberOfTries) {
  Fail(10);
  Start();
  FireAll();
  EXPECT_EQ(next_->starts, 4);
  EXPECT_EQ(result_, absl::UnavailableError("gone (tried 4 times)"));
}

TEST_F(RetryConnectionTest, TheLastErrorKeepsItsDelay) {
  Fail(4, WithRetryDelay(absl::ResourceExhaustedError("full"), absl::Milliseconds(30)),
       absl::Milliseconds(30));
  Start();
  FireAll();
  ASSERT_TRUE(result_.has_value());
  EXPECT_EQ(result_->message(), "full (tried 4 times)");
  EXPECT_EQ(RetryDelay(*result_), std::chrono::milliseconds(30));
}

TEST_F(RetryConnectionTest, OtherErrorsAreFinalAndUnchanged) {
  Fail(1, absl::InvalidArgumentError("items[0].x: bad"));
  Start();
  EXPECT_EQ(next_->starts, 1);
  EXPECT_EQ(result_, absl::InvalidArgumentError("items[0].x: bad"));
}

TEST_F(RetryConnectionTest, WaitsAsTheServerAsks) {
  Fail(1, absl::ResourceExhaustedError("full"), absl::Seconds(2));
  Start();
  ASSERT_TRUE(timer_->waiting());
  EXPECT_GE(timer_->delays.front(), absl::Seconds(2));
  FireAll();
  EXPECT_EQ(result_, absl::OkStatus());
}

TEST_F(RetryConnectionTest, EndsBeforeAWaitThatWouldPassTheDeadline) {
  Fail(1, absl::UnavailableError("gone"), absl::Seconds(11));
  Start();
  EXPECT_FALSE(timer_->waiting());
  EXPECT_EQ(result_, absl::UnavailableError("gone"));
}

TEST_F(RetryConnectionTest, TheCallKeepsItsDeadlineThroughAllTries) {
  Fail(2);
  Start();
  const absl::Time deadline = next_->last_call->deadline;
  FireAll();
  EXPECT_EQ(next_->last_call->deadline, deadline);
}

TEST_F(RetryConnectionTest, ACallInPlaceIsTriedAgainOnlyWhereItWasRefused) {
  in_place_ = true;
  Fail(1, absl::ResourceExhaustedError("full"), absl::Milliseconds(1));
  Fail(1, absl::UnavailableError("the server is draining"));
  Start();
  FireAll();
  EXPECT_EQ(result_, absl::OkStatus());
  EXPECT_EQ(next_->starts, 3);
}

TEST_F(RetryConnectionTest, ACallInPlaceThatMayHaveBeenComputedSaysSo) {
  in_place_ = true;
  for (const absl::Status& status : {absl::UnavailableError("gone"), absl::CancelledError("gone"),
                                     absl::DeadlineExceededError("gone")}) {
    next_->starts = 0;
    result_.reset();
    Fail(1, status);
    Start();
    EXPECT_FALSE(timer_->waiting());
    EXPECT_EQ(next_->starts, 1);
    EXPECT_EQ(result_->code(), status.code());
    EXPECT_TRUE(absl::StrContains(result_->message(), "gone; ")) << *result_;
    EXPECT_TRUE(absl::StrContains(result_->message(), "x may have been changed")) << *result_;
  }
  result_.reset();
  Fail(1, absl::InvalidArgumentError("items[0].x: bad"));
  Start();
  EXPECT_EQ(result_, absl::InvalidArgumentError("items[0].x: bad"));
}

TEST_F(RetryConnectionTest, HealthChecksAreNeverRetried) {
  next_->health = absl::UnavailableError("draining");
  RetryConnection connection(next_, std::make_shared<RetryPolicy>(RetryOptions{}, UniformRandom()),
                             timer_);
  EXPECT_EQ(connection.CheckHealth("a", absl::InfiniteFuture()), next_->health);
  EXPECT_EQ(next_->health_checks, 1);
  EXPECT_EQ(next_->health_service, "a");
}

TEST(RetryBudgetTest, IsSharedByTheCallsOfAConnection) {
  auto next = std::make_shared<ScriptedConnection>();
  auto timer = std::make_shared<ManualTimer>();
  RetryConnection connection(
      next, std::make_shared<RetryPolicy>(RetryOptions{.budget = 0.02}, [] { return 0.0; }), timer);
  int failures = 0;
  for (int i = 0; i < 100; ++i) {
    for (int t = 0; t < 4; ++t) next->script.push_back({absl::UnavailableError("gone"), {}});
    connection.Start(std::make_shared<Call>(),
                     [&](const Outcome& outcome) { failures += outcome.status.ok() ? 0 : 1; });
    while (timer->waiting()) timer->Fire();
    next->script.clear();
  }
  EXPECT_EQ(failures, 100);
  // 10 to begin with and 0.02 for each call: far fewer than 3 a call.
  EXPECT_LE(next->starts, 100 + 12);
  EXPECT_GE(next->starts, 100 + 10);
}

}  // namespace
}  // namespace activation::client
