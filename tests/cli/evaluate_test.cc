#include "client/cli/evaluate.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

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

}  // namespace
}  // namespace activation::cli
