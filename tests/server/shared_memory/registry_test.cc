#include "server/shared_memory/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <utility>

#include "server/periodic.h"
#include "server/shared_memory/call_regions.h"
#include "src/base/errors.h"
#include "tests/base/eventually.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation::shared_memory {
namespace {

constexpr size_t kRegionBytes = 8192;

class RegistryTest : public testing::Test {
 protected:
  static Options On() { return {.enabled = true}; }

  std::string Register(absl::Duration lease = absl::ZeroDuration()) {
    const auto made = registry_.RegisterPosix(object_.name(), 0, kRegionBytes, lease);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->region : "";
  }

  bool Known(const std::string& region) { return registry_.Find(region).ok(); }

  TestObject object_{kRegionBytes};
  absl::Duration now_ = absl::Hours(1);
  Limits limits_{.max_shared_memory_regions = 3, .max_shared_memory_bytes = 3 * kRegionBytes};
  Registry registry_{On(), limits_, [this] { return now_; }};
};

TEST_F(RegistryTest, IsOffUnlessTurnedOn) {
  Registry off(Options(), limits_);
  EXPECT_TRUE(absl::IsUnimplemented(off.RegisterPosix(object_.name(), 0, 1, {}).status()));
  EXPECT_TRUE(absl::IsUnimplemented(off.Unregister("x")));
  EXPECT_TRUE(absl::IsUnimplemented(off.Describe("x").status()));
  EXPECT_TRUE(absl::IsUnimplemented(off.Find("x").status()));
}

TEST_F(RegistryTest, FindsWhatWasRegistered) {
  const std::string region = Register();
  auto use = registry_.Find(region);
  ASSERT_TRUE(use.ok()) << use.status();
  EXPECT_EQ(use->region().bytes(), kRegionBytes);
  object_.as<std::byte>()[5] = std::byte{9};
  EXPECT_EQ(use->region().data()[5], std::byte{9});
  const auto description = registry_.Describe(region);
  EXPECT_EQ(description->bytes, kRegionBytes);
  EXPECT_EQ(description->lease, absl::Minutes(5));
  EXPECT_FALSE(description->broken);
}

TEST_F(RegistryTest, HandlesAreLongAndNeverTheSame) {
  std::set<std::string> handles;
  for (int i = 0; i < 100; ++i) {
    const std::string region = Register();
    EXPECT_EQ(region.size(), 32);
    EXPECT_EQ(region.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(handles.insert(region).second);
    EXPECT_TRUE(registry_.Unregister(region).ok());
  }
}

TEST_F(RegistryTest, KeysOutsideThePrefixAreRefused) {
  const TestObject other(kRegionBytes, "/other-test-");
  const auto made = registry_.RegisterPosix(other.name(), 0, kRegionBytes, {});
  EXPECT_TRUE(absl::IsInvalidArgument(made.status()));
  EXPECT_EQ(FieldOf(made.status()), "key");
  EXPECT_EQ(registry_.regions(), 0);
}

TEST_F(RegistryTest, UnknownRegionsAreNotFoundAndUnregisteredInPeace) {
  const auto found = registry_.Find("0123456789abcdef0123456789abcdef");
  EXPECT_TRUE(absl::IsNotFound(found.status()));
  EXPECT_EQ(FieldOf(found.status()), "region");
  EXPECT_TRUE(absl::IsNotFound(registry_.Describe("").status()));
  EXPECT_TRUE(registry_.Unregister("nobody's").ok());
}

TEST_F(RegistryTest, OneClientsEndIsNotAnothers) {
  const std::string mine = Register();
  const std::string yours = Register();
  EXPECT_TRUE(registry_.Unregister(mine).ok());
  EXPECT_FALSE(Known(mine));
  EXPECT_TRUE(Known(yours));
}

TEST_F(RegistryTest, EndsRegionsNobodyUsed) {
  const std::string region = Register(absl::Seconds(10));
  now_ += absl::Seconds(10);
  EXPECT_TRUE(Known(region)) << "until the end of the lease, which this use renews";
  now_ += absl::Seconds(10);
  registry_.EndLapsed();
  EXPECT_TRUE(registry_.Describe(region).ok()) << "which renews it, too";
  now_ += absl::Seconds(10) + absl::Nanoseconds(1);
  EXPECT_FALSE(Known(region)) << "refused before anybody has tidied up";
  EXPECT_EQ(registry_.regions(), 1);
  registry_.EndLapsed();
  EXPECT_EQ(registry_.regions(), 0);
  EXPECT_EQ(registry_.bytes(), 0);
}

TEST_F(RegistryTest, AUseKeepsTheLease) {
  const std::string region = Register(absl::Seconds(10));
  {
    const auto use = registry_.Find(region);
    now_ += absl::Hours(1);
    registry_.EndLapsed();
    EXPECT_TRUE(Known(region));
    now_ += absl::Hours(1);
  }
  EXPECT_TRUE(Known(region)) << "the lease begins anew with the end of a use";
}

TEST_F(RegistryTest, LeasesAreBounded) {
  const auto lease = [this](absl::Duration wanted) {
    const auto made = registry_.RegisterPosix(object_.name(), 0, 1, wanted);
    EXPECT_TRUE(registry_.Unregister(made->region).ok());
    return made->lease;
  };
  EXPECT_EQ(lease(absl::ZeroDuration()), absl::Minutes(5));
  EXPECT_EQ(lease(absl::Seconds(7)), absl::Seconds(7));
  EXPECT_EQ(lease(absl::Hours(100)), absl::Hours(1));
}

TEST_F(RegistryTest, UnregisterWaitsForWhoUsesIt) {
  const std::string region = Register();
  std::optional<Use> use(*registry_.Find(region));
  EXPECT_TRUE(registry_.Unregister(region).ok());
  EXPECT_FALSE(Known(region));
  use->region().data()[0] = std::byte{3};
  EXPECT_EQ(object_.as<std::byte>()[0], std::byte{3});
  EXPECT_EQ(registry_.bytes(), kRegionBytes) << "still mapped";
  use.reset();
  EXPECT_EQ(registry_.bytes(), 0);
}

TEST_F(RegistryTest, BoundsRegionsAndBytes) {
  const std::string regions[] = {Register(), Register(), Register()};
  EXPECT_TRUE(
      absl::IsResourceExhausted(registry_.RegisterPosix(object_.name(), 0, 1, {}).status()));
  EXPECT_TRUE(registry_.Unregister(regions[0]).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(
      registry_.RegisterPosix(object_.name(), 0, kRegionBytes + 1, {}).status()))
      << "before anybody looks whether the object has so many";
  EXPECT_TRUE(absl::IsResourceExhausted(
      registry_.RegisterPosix(object_.name(), 0, ~uint64_t{0}, {}).status()));
  EXPECT_FALSE(Register().empty());
  EXPECT_EQ(registry_.regions(), 3);
}

TEST_F(RegistryTest, ARefusedRegistrationTakesNoRoom) {
  EXPECT_FALSE(registry_.RegisterPosix("/activation-not-there", 0, 1, {}).ok());
  EXPECT_FALSE(registry_.RegisterPosix(object_.name(), kRegionBytes, 1, {}).ok());
  EXPECT_EQ(registry_.regions(), 0);
  EXPECT_EQ(registry_.bytes(), 0);
}

TEST_F(RegistryTest, ABrokenRegionIsRefused) {
  const std::string region = Register();
  object_.Cut(kRegionBytes - 1);
  const auto use = registry_.Find(region);
  EXPECT_TRUE(absl::IsFailedPrecondition(use.status()));
  EXPECT_EQ(FieldOf(use.status()), "region");
  EXPECT_TRUE(registry_.Describe(region)->broken);
  EXPECT_TRUE(registry_.Unregister(region).ok());
}

TEST_F(RegistryTest, CallRegionsCheckBounds) {
  const std::string region = Register();
  CallRegions call(registry_);
  const auto begin = call.Resolve(region, 0, kRegionBytes);
  ASSERT_TRUE(begin.ok());
  EXPECT_EQ(*call.Resolve(region, 100, kRegionBytes - 100), *begin + 100);
  EXPECT_EQ(*call.Resolve(region, kRegionBytes, 0), *begin + kRegionBytes);
  const uint64_t max = ~uint64_t{0};
  const std::pair<uint64_t, uint64_t> slices[] = {{0, kRegionBytes + 1},
                                                  {1, kRegionBytes},
                                                  {kRegionBytes + 1, 0},
                                                  {max, 1},
                                                  {max, max},
                                                  {1, max}};
  for (const auto& [offset, bytes] : slices) {
    const auto data = call.Resolve(region, offset, bytes);
    EXPECT_TRUE(absl::IsInvalidArgument(data.status())) << offset << " " << bytes;
    EXPECT_EQ(FieldOf(data.status()), "offset");
  }
  EXPECT_TRUE(absl::IsNotFound(call.Resolve("x", 0, 1).status()));
}

TEST_F(RegistryTest, CallRegionsHoldUntilTheEndAndTellOfCuts) {
  const std::string region = Register();
  CallRegions call(registry_);
  std::byte* const data = *call.Resolve(region, 0, kRegionBytes);
  EXPECT_TRUE(registry_.Unregister(region).ok());
  object_.Cut(0);
  data[4096] = std::byte{1};
  EXPECT_EQ(registry_.regions(), 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(call.End()));
  EXPECT_EQ(registry_.regions(), 0);
  EXPECT_TRUE(call.End().ok()) << "nothing is left to be broken";
}

TEST(LapsedRegionsTest, EndByThemselves) {
  const TestObject object(kRegionBytes);
  Registry registry({.enabled = true}, Limits(), [] { return SteadyTime() * 1000; });
  const Periodic watch(absl::Milliseconds(1), [&registry] { registry.EndLapsed(); });
  ASSERT_TRUE(registry.RegisterPosix(object.name(), 0, kRegionBytes, absl::Seconds(10)).ok());
  EXPECT_TRUE(Eventually([&registry] { return registry.regions() == 0; }));
}

}  // namespace
}  // namespace activation::shared_memory
