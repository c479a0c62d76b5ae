#include "server/shared_memory/posix_region.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation::shared_memory {
namespace {

constexpr char kPrefix[] = "/activation-";
constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

TEST(CheckKeyTest, TakesOneNameUnderThePrefix) {
  EXPECT_TRUE(CheckKey("/activation-a", kPrefix).ok());
  EXPECT_TRUE(CheckKey("/activation-", kPrefix).ok());
  EXPECT_TRUE(CheckKey("/a", "/").ok());
}

TEST(CheckKeyTest, RefusesAllElse) {
  using std::string_literals::operator""s;
  const std::string keys[] = {"",
                              "/",
                              "activation-a",
                              "/other-a",
                              "/activatio",
                              "//activation-a",
                              "/activation-a/b",
                              "/activation-/../secret",
                              "/../activation-a",
                              "/activation-a\0b"s,
                              kPrefix + std::string(255, 'a')};
  for (const std::string& key : keys) {
    const absl::Status status = CheckKey(key, kPrefix);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << key;
    EXPECT_EQ(FieldOf(status), "key") << key;
  }
  for (const char* key : {"/.", "/.."}) EXPECT_FALSE(CheckKey(key, "/").ok()) << key;
}

// The system would have whoever opens it wait for most of a minute, and let him in then.
TEST(PosixRegionTest, ALeaseOnItIsNotWaitedFor) {
  const TestObject object(4096);
  // What the holder is told by, which would end this process.
  signal(SIGIO, SIG_IGN);
  if (fcntl(object.file(), F_SETLEASE, F_WRLCK) != 0) GTEST_SKIP() << "no leases: " << errno;
  const absl::Status status = OpenPosixRegion(object.name(), 0, 4096).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(FieldOf(status), "key");
  fcntl(object.file(), F_SETLEASE, F_UNLCK);
}

TEST(PosixRegionTest, SeesAndShowsTheSameBytes) {
  TestObject object(10000);
  for (const uint64_t offset : {0, 1, 4095, 4096, 4097, 9999}) {
    const auto region = OpenPosixRegion(object.name(), offset, 10000 - offset);
    ASSERT_TRUE(region.ok()) << region.status();
    EXPECT_EQ((*region)->bytes(), 10000 - offset);
    EXPECT_TRUE((*region)->Whole().ok());
    object.as<std::byte>()[offset] = std::byte{17};
    EXPECT_EQ((*region)->data()[0], std::byte{17});
    (*region)->data()[(*region)->bytes() - 1] = std::byte{static_cast<unsigned char>(offset)};
    EXPECT_EQ(object.as<unsigned char>()[9999], static_cast<unsigned char>(offset));
  }
}

// Of a program that was killed: else tests fill the machine's memory one by one.
TEST(TestObjectTest, WhatAnEndedProcessLeftIsRemovedAndNothingElse) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  ASSERT_GT(child, 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  // A prefix of its own: other tests run beside this one.
  const std::string prefix = absl::StrCat("/activation-leftover-", getpid(), "-");
  const TestObject left(4096, absl::StrCat(prefix, child, "-"));
  const TestObject own(4096, absl::StrCat(prefix, getpid(), "-"));
  const TestObject unnumbered(4096, absl::StrCat(prefix, "x-"));
  RemoveLeftovers(prefix);
  EXPECT_TRUE(absl::IsNotFound(OpenPosixRegion(left.name(), 0, 1).status()));
  EXPECT_TRUE(OpenPosixRegion(own.name(), 0, 1).ok());
  EXPECT_TRUE(OpenPosixRegion(unnumbered.name(), 0, 1).ok());
}

TEST(PosixRegionTest, LivesLongerThanItsName) {
  auto object = std::make_unique<TestObject>(4096);
  const auto region = OpenPosixRegion(object->name(), 0, 4096);
  object.reset();
  (*region)->data()[0] = std::byte{1};
  EXPECT_TRUE((*region)->Whole().ok());
}

TEST(PosixRegionTest, RefusesWhatDoesNotLieInside) {
  const TestObject object(8192);
  const std::pair<uint64_t, uint64_t> parts[] = {
      {0, 0},    {0, 8193}, {8192, 1},           {8193, 1},
      {kMax, 1}, {1, kMax}, {4096, kMax - 4095}, {kMax, kMax}};
  for (const auto& [offset, bytes] : parts) {
    const auto region = OpenPosixRegion(object.name(), offset, bytes);
    EXPECT_TRUE(absl::IsInvalidArgument(region.status())) << offset << " " << bytes;
    EXPECT_EQ(FieldOf(region.status()), "bytes");
  }
}

TEST(PosixRegionTest, NeverMakesAnObject) {
  constexpr char kName[] = "/activation-test-never-made";
  EXPECT_TRUE(absl::IsNotFound(OpenPosixRegion(kName, 0, 1).status()));
  EXPECT_LT(shm_open(kName, O_RDONLY, 0), 0);
}

TEST(PosixRegionTest, FollowsNoLink) {
  const TestObject object(4096);
  const std::string link = object.name() + "-link";
  ASSERT_EQ(symlink(("/dev/shm" + object.name()).c_str(), ("/dev/shm" + link).c_str()), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(OpenPosixRegion(link, 0, 1).status()));
  shm_unlink(link.c_str());
}

TEST(PosixRegionTest, TakesNoPipeForMemory) {
  const std::string name = "/activation-test-pipe-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(("/dev/shm" + name).c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(OpenPosixRegion(name, 0, 1).status()));
  shm_unlink(name.c_str());
}

TEST(PosixRegionTest, NoticesACutWithoutTouching) {
  TestObject object(8192);
  const auto region = OpenPosixRegion(object.name(), 0, 8000);
  object.Cut(8000);
  EXPECT_TRUE((*region)->Whole().ok());
  object.Cut(7999);  // inside the last page, where no touch faults
  EXPECT_FALSE((*region)->Whole().ok());
}

TEST(PosixRegionTest, RegisteringAllocatesNothing) {
  constexpr size_t kBytes = size_t{8} << 20;
  TestObject object(kBytes);
  const auto region = OpenPosixRegion(object.name(), 0, kBytes);
  ASSERT_TRUE(region.ok());
  EXPECT_EQ(object.allocated_bytes(), 0u);
  (*region)->data()[0] = std::byte{1};
  EXPECT_GT(object.allocated_bytes(), 0u);
}

// Whether the process has the page in its memory, so that a touch does not fault.
bool HasPage(const std::byte* address) {
  const auto page = reinterpret_cast<uintptr_t>(address) / sysconf(_SC_PAGESIZE);
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  uint64_t entry = 0;
  const auto at = static_cast<off_t>(page * sizeof(entry));
  EXPECT_EQ(pread(pagemap, &entry, sizeof(entry), at), static_cast<ssize_t>(sizeof(entry)));
  close(pagemap);
  return (entry >> 63) != 0;
}

// Of a region of several of the pieces in which its pages come and go.
TEST(PosixRegionTest, PagesThatAreThereAreFoundAtRegistrationAndGivenBackAtTheEnd) {
  constexpr size_t kBytes = (size_t{40} << 20) + 100;
  if (madvise(nullptr, 0, MADV_POPULATE_READ) != 0) GTEST_SKIP() << "needs Linux 5.14";
  TestObject object(kBytes);
  std::memset(object.as<char>(), 1, kBytes);
  auto region = OpenPosixRegion(object.name(), 0, kBytes);
  ASSERT_TRUE(region.ok());
  const std::byte* const data = (*region)->data();
  for (const size_t at : {size_t{0}, size_t{20} << 20, kBytes - 1}) {
    EXPECT_TRUE(HasPage(data + at)) << at;
  }
  region->reset();
  for (const size_t at : {size_t{0}, size_t{20} << 20, kBytes - 1}) {
    EXPECT_FALSE(HasPage(data + at)) << at;
  }
}

TEST(PosixRegionTest, StaysBrokenAfterATouch) {
  TestObject object(8192);
  const auto region = OpenPosixRegion(object.name(), 0, 8192);
  object.Cut(0);
  std::memset((*region)->data(), 1, 8192);
  object.Cut(8192);  // as long again, but what was there is not
  EXPECT_FALSE((*region)->Whole().ok());
}

}  // namespace
}  // namespace activation::shared_memory
