// What a SharedBuffer makes of replies that no sound server gives; the rest is in
// tests/integration.
#include "activation/shared_buffer.h"

#include <gtest/gtest.h>

#include "tests/client/fakes.h"

namespace activation::client {
namespace {

TEST(SharedBufferReplyTest, ARegionWithoutItsHandleIsInternal) {
  const auto connection = std::make_shared<ScriptedConnection>();
  const auto buffer = SharedBuffer::Create(Client(connection), 4096);
  EXPECT_EQ(buffer.status(), absl::InternalError("malformed reply: a region without its handle"));
  // Nor is there anything to unregister.
  EXPECT_EQ(connection->starts, 1);
}

}  // namespace
}  // namespace activation::client
