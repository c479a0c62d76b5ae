#include "server/profile.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/string_view.h"

namespace activation {
namespace {

Config ConfigOf(const std::vector<std::string>& args, const char* profile = nullptr) {
  Environment environment;
  if (profile != nullptr) environment["ACTIVATION_PROFILE"] = profile;
  const CommandLine line = ParseCommandLine(args, environment);
  EXPECT_TRUE(line.config.has_value()) << line.error;
  return line.config.value_or(Config());
}

TEST(ProfileTest, WithoutOneEveryDefaultStands) {
  const Config config = ConfigOf({});
  EXPECT_EQ(config.profile, Profile::kStandard);
  EXPECT_EQ(config.limits.max_concurrent_streams, 1000);
  EXPECT_EQ(config.connections.max_age, absl::ZeroDuration());
  EXPECT_EQ(config.limits.max_message_bytes, Limits().max_message_bytes);
}

TEST(ProfileTest, OneSetsWhatNoFlagSays) {
  for (const Config& edge : {ConfigOf({"--profile=edge"}), ConfigOf({}, "edge")}) {
    EXPECT_EQ(edge.limits.max_concurrent_streams, 100);
    EXPECT_EQ(edge.connections.max_age, absl::Minutes(30));
    EXPECT_FALSE(edge.connections.grow_windows);
    EXPECT_EQ(edge.limits.max_message_bytes, 4 << 20);
    EXPECT_EQ(edge.address, Config().address);
    EXPECT_EQ(edge.reflection, Reflection::kOff);
  }
  EXPECT_EQ(ConfigOf({"--profile=trusted"}).limits.max_message_bytes, 1 << 30);
}

TEST(ProfileTest, AFlagWinsWhereverItStands) {
  const Config config =
      ConfigOf({"--max-concurrent-streams=7", "--profile=edge", "--max-message-bytes=64MiB",
                "--max-connection-age=0s", "--window-growth=on", "--reflection=auto"});
  EXPECT_EQ(config.limits.max_concurrent_streams, 7);
  EXPECT_EQ(config.limits.max_message_bytes, 64 << 20);
  EXPECT_EQ(config.connections.max_age, absl::ZeroDuration());
  EXPECT_TRUE(config.connections.grow_windows);
  EXPECT_EQ(config.limits.max_items, 1024);
  EXPECT_EQ(config.reflection, Reflection::kAuto);
}

TEST(ProfileTest, TheLineOfAFileWinsToo) {
  const std::string path =
      testing::TempDir() + "/profile_test_" + std::to_string(getpid()) + ".toml";
  std::ofstream(path) << "profile=edge\nmax-items=5\n";
  const Config config = ConfigOf({"--config=" + path});
  std::filesystem::remove(path);
  EXPECT_EQ(config.limits.max_items, 5);
  EXPECT_EQ(config.limits.max_concurrent_streams, 100);
}

// It is read once, and applied again with what it sets.
TEST(ProfileTest, ThePipeOfACommandSetsOneToo) {
  constexpr absl::string_view kSettings = "profile=edge\nmax-items=5\n";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], kSettings.data(), kSettings.size()),
            static_cast<ssize_t>(kSettings.size()));
  close(ends[1]);
  const Config config = ConfigOf({"--config=/dev/fd/" + std::to_string(ends[0])});
  close(ends[0]);
  EXPECT_EQ(config.limits.max_items, 5);
  EXPECT_EQ(config.limits.max_concurrent_streams, 100);
}

// A message that may come must fit what calls may hold, and an item what a stream may.
TEST(ProfileTest, LimitsFitEachOther) {
  for (const Profile profile : {Profile::kStandard, Profile::kEdge, Profile::kTrusted}) {
    const Limits limits = DefaultsOf(profile).limits;
    EXPECT_LE(2 * limits.max_message_bytes, limits.max_inflight_bytes);
    EXPECT_EQ(DefaultsOf(profile).profile, profile);
  }
}

}  // namespace
}  // namespace activation
