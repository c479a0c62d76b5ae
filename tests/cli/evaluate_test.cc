#include "client/cli/evaluate.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::HasSubstr;

TEST(ElementsPerCallTest, FitsTheMessage) {
  client::ServerInfo info;
  info.max_message_bytes = 1 << 20;
  info.max_inflight_bytes = int64_t{1} << 31;
  info.max_elements = 1 << 27;
  const size_t forward = ElementsPerCall(info, 4, 1);
  EXPECT_LT(forward * 4, size_t{1} << 20);
  EXPECT_GT(forward * 4, size_t{1} << 19);
  EXPECT_EQ(ElementsPerCall(info, 4, 2), forward / 2);
}

TEST(ElementsPerCallTest, FitsElementsAndAdmission) {
  client::ServerInfo info;
  info.max_message_bytes = int64_t{256} << 20;
  info.max_inflight_bytes = int64_t{2} << 30;
  info.max_elements = 1000;
  EXPECT_EQ(ElementsPerCall(info, 4, 1), 1000u);
  info.max_elements = 1 << 27;
  info.max_inflight_bytes = 1 << 20;
  EXPECT_LE(ElementsPerCall(info, 4, 1) * 4 * 4, size_t{1} << 20);
}

TEST(ElementsPerCallTest, IsNeverZeroAndNeverUnbounded) {
  client::ServerInfo tiny;
  tiny.max_message_bytes = 1;
  EXPECT_EQ(ElementsPerCall(tiny, 8, 2), 1u);
  EXPECT_LE(ElementsPerCall({}, 1, 1), size_t{64} << 20);
}

// Without a server: nothing is sent.
TEST(EvaluateTest, ATensorThatCannotBeCutAndFitsNoCallIsRefused) {
  const client::Client client({.endpoint = "unix:/nonexistent/activation.sock"});
  Tensor x{.dtype = client::DType::kF32, .shape = {1, (64 << 20) + 1}, .bytes = {}};
  x.bytes.resize((size_t{256} << 20) + 4);
  Tensor y;
  const absl::Status status = Evaluate(client, {.activation = {.function = "softmax"}, .x = &x}, y);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("x: takes 268435460 bytes; one call has"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("softmax are not cut"));
}

}  // namespace
}  // namespace activation::cli
