#include "server/departure.h"

#include <gtest/gtest.h>

#include "src/base/errors.h"

namespace activation {
namespace {

absl::StatusCode CodeWith(absl::Duration left, absl::Duration elapsed) {
  Departure departure;
  EXPECT_FALSE(departure.noted());
  departure.Note(left, elapsed);
  EXPECT_TRUE(departure.noted());
  return departure.Or(absl::OkStatus()).code();
}

TEST(DepartureTest, WhoHasNotLeftSeesHowTheCallEnds) {
  const Departure departure;
  EXPECT_EQ(departure.Or(absl::OkStatus()), absl::OkStatus());
  EXPECT_EQ(departure.Or(Draining()), Draining());
}

TEST(DepartureTest, WhoLeavesEarlyHasCancelled) {
  EXPECT_EQ(CodeWith(absl::InfiniteDuration(), absl::Seconds(1)), absl::StatusCode::kCancelled);
  EXPECT_EQ(CodeWith(absl::Minutes(1), absl::Seconds(1)), absl::StatusCode::kCancelled);
  EXPECT_EQ(CodeWith(absl::Seconds(30), absl::Seconds(30)), absl::StatusCode::kCancelled);
  // Of a short call, too, as hedging clients do.
  EXPECT_EQ(CodeWith(absl::Milliseconds(30), absl::Milliseconds(30)), absl::StatusCode::kCancelled);
  EXPECT_EQ(CodeWith(absl::Milliseconds(4), absl::Milliseconds(4)), absl::StatusCode::kCancelled);
}

TEST(DepartureTest, WhoLeavesAboutAtTheDeadlineLeavesForIt) {
  EXPECT_EQ(CodeWith(absl::ZeroDuration(), absl::ZeroDuration()),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(CodeWith(-absl::Hours(1), absl::Seconds(1)), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(CodeWith(absl::Milliseconds(1), absl::Milliseconds(7)),
            absl::StatusCode::kDeadlineExceeded);
  // As gRPC may have rounded it.
  EXPECT_EQ(CodeWith(absl::Seconds(9), absl::Minutes(30)), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace activation
