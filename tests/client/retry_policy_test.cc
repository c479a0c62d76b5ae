#include "client/src/retry_policy.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace activation::client {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000);

RetryOptions Options() {
  return {.max_attempts = 100,
          .initial_backoff = std::chrono::milliseconds(10),
          .max_backoff = std::chrono::milliseconds(100),
          .budget = 1};
}

FailedTry After(int tries, absl::Time deadline = absl::InfiniteFuture()) {
  return {.tries = tries, .now = kNow, .deadline = deadline};
}

Outcome Failure(absl::StatusCode code, std::optional<absl::Duration> pushback = std::nullopt) {
  return {.status = absl::Status(code, "no"), .pushback = pushback};
}

Outcome Unavailable() { return Failure(absl::StatusCode::kUnavailable); }

TEST(RetryPolicyTest, DoublesTheBoundUpToTheLargest) {
  RetryPolicy policy(Options(), [] { return 1.0; });
  const std::vector<int> bounds_ms = {10, 20, 40, 80, 100, 100};
  for (size_t i = 0; i < bounds_ms.size(); ++i) {
    EXPECT_EQ(policy.NextDelay(After(static_cast<int>(i) + 1), Unavailable()),
              absl::Milliseconds(bounds_ms[i]));
  }
}

TEST(RetryPolicyTest, HugeTryCountsStayWithinTheLargestBackoff) {
  RetryOptions options = Options();
  options.max_attempts = 1000000;
  RetryPolicy policy(options, [] { return 1.0; });
  EXPECT_EQ(policy.NextDelay(After(999999), Unavailable()), absl::Milliseconds(100));
}

TEST(RetryPolicyTest, JitterCoversTheWholeInterval) {
  double uniform = 0;
  RetryPolicy policy(Options(), [&] { return uniform; });
  EXPECT_EQ(policy.NextDelay(After(2), Unavailable()), absl::ZeroDuration());
  uniform = 0.25;
  EXPECT_EQ(policy.NextDelay(After(2), Unavailable()), absl::Milliseconds(5));
  uniform = 0.5;
  EXPECT_EQ(policy.NextDelay(After(2), Unavailable()), absl::Milliseconds(10));
}

TEST(RetryPolicyTest, RetriesOnlyWhatMayPass) {
  RetryPolicy policy(Options(), [] { return 0.5; });
  for (int code = 1; code <= 16; ++code) {
    const auto status_code = static_cast<absl::StatusCode>(code);
    EXPECT_EQ(policy.NextDelay(After(1), Failure(status_code)).has_value(),
              status_code == absl::StatusCode::kUnavailable ||
                  status_code == absl::StatusCode::kCancelled ||
                  status_code == absl::StatusCode::kUnknown)
        << status_code;
  }
}

TEST(RetryPolicyTest, RetriesWhatAProxyCutButNoErrorOfTheServer) {
  RetryPolicy policy(Options(), [] { return 0.5; });
  const absl::Status reset = absl::InternalError("Received RST_STREAM with error code 2");
  EXPECT_TRUE(policy.NextDelay(After(1), {.status = reset, .pushback = std::nullopt}));
  EXPECT_FALSE(policy.NextDelay(After(1), Failure(absl::StatusCode::kInternal)));
}

TEST(RetryPolicyTest, RetriesResourceExhaustedWhenTheServerNamesADelay) {
  RetryPolicy policy(Options(), [] { return 0.0; });
  const auto code = absl::StatusCode::kResourceExhausted;
  EXPECT_EQ(policy.NextDelay(After(1), Failure(code)), std::nullopt);
  EXPECT_EQ(policy.NextDelay(After(1), Failure(code, absl::Milliseconds(3))),
            absl::Milliseconds(3));
  EXPECT_EQ(policy.NextDelay(After(1), Failure(code, absl::ZeroDuration())), absl::ZeroDuration());
}

TEST(RetryPolicyTest, WaitsAtLeastAsLongAsTheServerAsks) {
  RetryPolicy policy(Options(), [] { return 0.5; });
  const auto asked = Failure(absl::StatusCode::kUnavailable, absl::Seconds(7));
  EXPECT_EQ(policy.NextDelay(After(1), asked), absl::Seconds(7) + absl::Milliseconds(5));
}

TEST(RetryPolicyTest, NegativePushbackForbidsRetries) {
  RetryPolicy policy(Options(), [] { return 0.5; });
  const auto code = absl::StatusCode::kUnavailable;
  EXPECT_EQ(policy.NextDelay(After(1), Failure(code, absl::Milliseconds(-1))), std::nullopt);
}

TEST(RetryPolicyTest, PushbackDoesNotMakeOtherCodesRetryable) {
  RetryPolicy policy(Options(), [] { return 0.5; });
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(policy.NextDelay(After(1), Failure(code, absl::Milliseconds(1))), std::nullopt);
}

TEST(RetryPolicyTest, StopsAtTheLastAttempt) {
  RetryOptions options = Options();
  options.max_attempts = 3;
  RetryPolicy policy(options, [] { return 0.5; });
  EXPECT_TRUE(policy.NextDelay(After(2), Unavailable()).has_value());
  EXPECT_FALSE(policy.NextDelay(After(3), Unavailable()).has_value());
}

TEST(RetryPolicyTest, OneAttemptMeansNoRetry) {
  RetryOptions options = Options();
  options.max_attempts = 1;
  RetryPolicy policy(options, [] { return 0.5; });
  EXPECT_FALSE(policy.NextDelay(After(1), Unavailable()).has_value());
}

TEST(RetryPolicyTest, DoesNotWaitPastTheDeadline) {
  RetryPolicy policy(Options(), [] { return 0.5; });  // the first wait is 5 ms
  EXPECT_FALSE(policy.NextDelay(After(1, kNow + absl::Milliseconds(5)), Unavailable()));
  EXPECT_TRUE(policy.NextDelay(After(1, kNow + absl::Milliseconds(6)), Unavailable()));
  const auto asked = Failure(absl::StatusCode::kUnavailable, absl::Seconds(2));
  EXPECT_FALSE(policy.NextDelay(After(1, kNow + absl::Seconds(2)), asked));
}

TEST(RetryPolicyTest, SpendsNoBudgetOnRetriesThatDoNotHappen) {
  RetryPolicy policy(Options(), [] { return 0.5; });
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(policy.NextDelay(After(1, kNow), Unavailable()));
    EXPECT_FALSE(policy.NextDelay(After(100), Unavailable()));
  }
  EXPECT_TRUE(policy.NextDelay(After(1), Unavailable()).has_value());
}

int Retries(RetryPolicy& policy, int most) {
  int retries = 0;
  while (retries < most && policy.NextDelay(After(1), Unavailable())) ++retries;
  return retries;
}

TEST(RetryPolicyTest, AShareOfFirstTriesMayBeRetried) {
  RetryOptions options = Options();
  options.budget = 0.25;
  RetryPolicy policy(options, [] { return 0.5; });
  EXPECT_EQ(Retries(policy, 1000), 10);  // what a process starts with
  for (int i = 0; i < 100; ++i) policy.OnFirstTry();
  EXPECT_EQ(Retries(policy, 1000), 25);
  for (int i = 0; i < 1000000; ++i) policy.OnFirstTry();
  EXPECT_EQ(Retries(policy, 1000), 125);  // the window: 500 first tries
}

TEST(RetryPolicyTest, NoBudgetMeansNoRetry) {
  RetryOptions options = Options();
  options.budget = 0;
  RetryPolicy policy(options, [] { return 0.5; });
  for (int i = 0; i < 1000; ++i) policy.OnFirstTry();
  EXPECT_EQ(Retries(policy, 10), 0);
}

TEST(RetryPolicyTest, RandomNumbersLieInTheUnitIntervalAndDiffer) {
  const Uniform uniform = UniformRandom();
  std::set<double> seen;
  for (int i = 0; i < 1000; ++i) {
    const double u = uniform();
    EXPECT_GE(u, 0);
    EXPECT_LT(u, 1);
    seen.insert(u);
  }
  EXPECT_GT(seen.size(), 900u);
}

}  // namespace
}  // namespace activation::client
