#include "client/src/submission.h"

#include <gtest/gtest.h>

#include <vector>

namespace activation::client {
namespace {

TEST(SubmissionTest, AnErrorKeepsWhatTheServerSaysOfAnotherTry) {
  Submission submission(ForwardItem{}, 0);
  v1::StreamResponse response;
  response.mutable_error()->set_code(static_cast<int>(absl::StatusCode::kResourceExhausted));
  response.mutable_error()->set_message("full");
  EXPECT_EQ(RetryDelay(submission.Read(0, response)), std::nullopt);
  response.mutable_error()->set_retry_delay_ms(70);
  const absl::Status status = submission.Read(0, response);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "full");
  EXPECT_EQ(RetryDelay(status), std::chrono::milliseconds(70));
}

// Of the others the results may stand where their inputs did.
TEST(SubmissionTest, ChunksInPlaceAreNoneToSendAgain) {
  std::vector<float> x(4), y(4);
  v1::StreamResponse response;
  response.mutable_error()->set_code(static_cast<int>(absl::StatusCode::kResourceExhausted));
  response.mutable_error()->set_retry_delay_ms(70);
  const auto delay = [&](const StreamedItem& item, size_t chunk_elements) {
    return RetryDelay(Submission(item, chunk_elements).Read(0, response)).has_value();
  };
  ForwardItem forward{.x = {.shape = {4}, .data = x.data()}, .y = y.data()};
  EXPECT_TRUE(delay(forward, 2));
  forward.y = x.data();
  EXPECT_FALSE(delay(forward, 2));
  EXPECT_TRUE(delay(forward, 0)) << "in one";
  GradientItem gradient{.x = {.shape = {4}, .data = x.data()}, .dy = y.data(), .dx = y.data() + 2};
  EXPECT_FALSE(delay(gradient, 2));
  gradient.dy = nullptr;
  EXPECT_TRUE(delay(gradient, 2));
}

}  // namespace
}  // namespace activation::client
