#include "server/shared_memory/call_regions.h"

#include <gtest/gtest.h>

#include <string>

#include "src/base/errors.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation::shared_memory {
namespace {

constexpr size_t kObjectBytes = 3 << 14;

class CallRegionsTest : public testing::Test {
 protected:
  std::string Register(const TestObject& object, uint64_t offset, uint64_t bytes) {
    const auto made = registry_.RegisterPosix(object.name(), offset, bytes, absl::ZeroDuration());
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->region : "";
  }

  TestObject object_{kObjectBytes};
  Registry registry_{{.enabled = true}, Limits()};
  CallRegions regions_{registry_};
};

// Else nobody would see that an output lies upon an input.
TEST_F(CallRegionsTest, TheSameMemoryHasOneAddress) {
  const std::string whole = Register(object_, 0, kObjectBytes);
  const std::string again = Register(object_, 0, kObjectBytes);
  const std::string part = Register(object_, 100, 1000);
  const auto at = regions_.Resolve(whole, 104, 8);
  ASSERT_TRUE(at.ok());
  EXPECT_EQ(*regions_.Resolve(again, 104, 8), *at);
  EXPECT_EQ(*regions_.Resolve(part, 4, 8), *at);
  EXPECT_EQ(FieldOf(regions_.Resolve(part, 4, 1000).status()), "offset");
  EXPECT_TRUE(regions_.End().ok());
}

// Whichever is named first.
TEST_F(CallRegionsTest, ARegionThatHoldsOthersMovesThem) {
  const std::string inner = Register(object_, 100, 1000);
  const std::string other = Register(object_, 2000, 8);
  const std::string middle = Register(object_, 50, 2000);
  const std::string whole = Register(object_, 0, kObjectBytes);
  ASSERT_TRUE(regions_.Resolve(inner, 4, 8).ok());
  ASSERT_TRUE(regions_.Resolve(other, 0, 8).ok());
  EXPECT_FALSE(regions_.Moved());
  ASSERT_TRUE(regions_.Resolve(middle, 54, 8).ok());
  EXPECT_TRUE(regions_.Moved());
  EXPECT_FALSE(regions_.Moved());
  const auto at = regions_.Resolve(whole, 0, 8);
  ASSERT_TRUE(at.ok());
  EXPECT_TRUE(regions_.Moved());
  EXPECT_EQ(*regions_.Resolve(inner, 4, 8), *at + 104);
  EXPECT_EQ(*regions_.Resolve(other, 0, 8), *at + 2000);
  EXPECT_EQ(*regions_.Resolve(middle, 54, 8), *at + 104);
  EXPECT_EQ(*regions_.Resolve(Register(object_, 104, 8), 0, 8), *at + 104);
  EXPECT_FALSE(regions_.Moved());
  EXPECT_TRUE(regions_.End().ok());
}

TEST_F(CallRegionsTest, RegionsThatAreTheSameInPartDoNotStandInOneCall) {
  const std::string first = Register(object_, 0, kObjectBytes / 2);
  const std::string across = Register(object_, kObjectBytes / 4, kObjectBytes / 2);
  const std::string behind = Register(object_, kObjectBytes / 2, kObjectBytes / 2);
  ASSERT_TRUE(regions_.Resolve(first, 0, 8).ok());
  const absl::Status refused = regions_.Resolve(across, 0, 8).status();
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_EQ(FieldOf(refused), "region");
  CallRegions other(registry_);
  EXPECT_TRUE(other.Resolve(first, 0, 8).ok());
  EXPECT_TRUE(other.Resolve(behind, 0, 8).ok());
}

TEST_F(CallRegionsTest, OtherObjectsAreOtherMemory) {
  TestObject other(kObjectBytes);
  const auto at = regions_.Resolve(Register(object_, 0, kObjectBytes), 0, 8);
  EXPECT_NE(*regions_.Resolve(Register(other, 0, kObjectBytes), 0, 8), *at);
}

}  // namespace
}  // namespace activation::shared_memory
