#include "server/memory_limit.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/authority.h"

namespace activation {
namespace {

class MemoryLimitTest : public testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = folder_.Path(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  std::optional<uint64_t> Limit() const { return MemoryLimit(folder_.Path("")); }

  const TestFolder folder_;
};

TEST_F(MemoryLimitTest, OfAContainerInItsOwnNamespace) {
  Write("proc/self/cgroup", "0::/\n");
  EXPECT_EQ(Limit(), std::nullopt) << "the root of a machine has no such file";
  Write("sys/fs/cgroup/memory.max", "2147483648\n");
  EXPECT_EQ(Limit(), uint64_t{2} << 30);
  Write("sys/fs/cgroup/memory.max", "max\n");
  EXPECT_EQ(Limit(), std::nullopt);
}

TEST_F(MemoryLimitTest, IsTheLeastOfTheGroupsAround) {
  Write("proc/self/cgroup", "0::/pods.slice/pod7/server\n");
  Write("sys/fs/cgroup/pods.slice/memory.max", "8589934592\n");
  Write("sys/fs/cgroup/pods.slice/pod7/memory.max", "1073741824\n");
  Write("sys/fs/cgroup/pods.slice/pod7/server/memory.max", "max\n");
  EXPECT_EQ(Limit(), uint64_t{1} << 30);
}

TEST_F(MemoryLimitTest, OfVersionOneWhosePathIsTheHosts) {
  Write("proc/self/cgroup", "5:cpu,cpuacct:/docker/0123\n4:memory:/docker/0123\n0::/docker/0123\n");
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
  EXPECT_EQ(Limit(), uint64_t{512} << 20);
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Limit(), std::nullopt);
}

TEST_F(MemoryLimitTest, WhatMakesNoSenseIsNone) {
  EXPECT_EQ(Limit(), std::nullopt) << "no such files";
  Write("proc/self/cgroup", "nonsense\n1:memory\n2:memory:\n0::relative\n");
  Write("sys/fs/cgroup/memory.max", "many\n");
  EXPECT_EQ(Limit(), std::nullopt);
}

}  // namespace
}  // namespace activation
