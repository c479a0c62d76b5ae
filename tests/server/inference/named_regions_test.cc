#include "server/inference/named_regions.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "src/base/errors.h"
#include "tests/base/no_memory_here.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation::inference {
namespace {

using ::inference::SystemSharedMemoryRegisterRequest;
using ::inference::SystemSharedMemoryStatusResponse;

constexpr size_t kBytes = 4096;
constexpr char kPrefix[] = "/activation-names-";

constexpr absl::Duration kAbandoned = absl::Seconds(kRegionAbandonedSeconds);

class NamedRegionsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { shared_memory::RemoveLeftovers(kPrefix); }

  NamedRegionsTest() { Make(key_); }
  ~NamedRegionsTest() override { shm_unlink(key_.c_str()); }

  static void Make(const std::string& key) {
    const int file = shm_open(key.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
    EXPECT_GE(file, 0);
    EXPECT_EQ(ftruncate(file, kBytes), 0);
    close(file);
  }

  void ExpectTaken(const std::string& owner, const SystemSharedMemoryRegisterRequest& request) {
    const absl::Status status = regions_.Register(owner, request);
    EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << status;
    EXPECT_EQ(FieldOf(status), "name");
  }

  SystemSharedMemoryRegisterRequest Request(const std::string& name) const {
    SystemSharedMemoryRegisterRequest request;
    request.set_name(name);
    request.set_key(key_);
    request.set_byte_size(kBytes);
    return request;
  }

  size_t Listed(const std::string& owner) {
    SystemSharedMemoryStatusResponse response;
    EXPECT_TRUE(regions_.Describe(owner, "", &response).ok());
    return static_cast<size_t>(response.regions_size());
  }

  const std::string key_ = kPrefix + std::to_string(getpid());
  absl::Duration now_ = absl::Hours(100);
  shared_memory::Registry registry_{{.enabled = true}, Limits(), [this] { return now_; }};
  NamedRegions regions_{registry_};
};

TEST_F(NamedRegionsTest, ANameIsTakenOnce) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  const absl::Status taken = regions_.Register("b", Request("one"));
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(FieldOf(taken), "name");
  EXPECT_EQ(registry_.regions(), 1u);
  EXPECT_TRUE(regions_.UnregisterSystem("a", "one").ok());
  EXPECT_TRUE(regions_.Register("b", Request("one")).ok());
}

TEST_F(NamedRegionsTest, TheEndOfAllIsThatOfTheCallersOwn) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  ASSERT_TRUE(regions_.Register("a", Request("two")).ok());
  ASSERT_TRUE(regions_.Register("b", Request("three")).ok());
  EXPECT_EQ(Listed("a"), 2u);
  EXPECT_EQ(Listed("b"), 1u);
  EXPECT_EQ(Listed("c"), 0u);
  EXPECT_TRUE(regions_.UnregisterSystem("a", "").ok());
  EXPECT_EQ(Listed("a"), 0u);
  EXPECT_EQ(Listed("b"), 1u);
  EXPECT_TRUE(regions_.Handle("three").ok());
  EXPECT_FALSE(regions_.Handle("one").ok());
  EXPECT_EQ(registry_.regions(), 1u);
}

// A region without a name could be ended by nobody, and one whose end was begun neither.
TEST_F(NamedRegionsTest, WithoutMemoryARegionIsThereWithItsNameOrNotAtAll) {
  const SystemSharedMemoryRegisterRequest request = Request(std::string(100, 'n'));
  absl::Status status;
  size_t granted = 0;
  for (; AsksMoreOftenThan(granted, [&] { status = regions_.Register("a", request); }); ++granted) {
    ASSERT_EQ(registry_.regions(), 0U);
  }
  EXPECT_GT(granted, 5U);
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_EQ(registry_.regions(), 1U);
  granted = 0;
  for (; AsksMoreOftenThan(granted, [&] { status = regions_.UnregisterSystem("a", ""); });
       ++granted) {
    ASSERT_EQ(Listed("a"), 1U);
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(registry_.regions(), 0U);
}

TEST_F(NamedRegionsTest, StatusIsOfTheCallersOwn) {
  SystemSharedMemoryStatusResponse response;
  EXPECT_EQ(regions_.Describe("a", "one", &response).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  EXPECT_EQ(regions_.Describe("b", "one", &response).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(regions_.Describe("a", "one", &response).ok());
  EXPECT_EQ(response.regions().at("one").key(), key_);
  EXPECT_EQ(response.regions().at("one").byte_size(), kBytes);
}

// One client's clean-up is no other's: the name is as good as unknown to it.
TEST_F(NamedRegionsTest, ANameIsEndedByItsOwnerOnly) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  for (const char* other : {"b", ""}) {
    EXPECT_TRUE(regions_.UnregisterSystem(other, "one").ok());
    EXPECT_TRUE(regions_.Handle("one").ok()) << other;
    EXPECT_EQ(Listed("a"), 1u);
  }
  EXPECT_EQ(regions_.Register("b", Request("one")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(regions_.UnregisterSystem("a", "one").ok());
  EXPECT_EQ(registry_.regions(), 0u);
  ASSERT_TRUE(regions_.Register("", Request("two")).ok());
  EXPECT_TRUE(regions_.UnregisterSystem("a", "two").ok());
  EXPECT_EQ(registry_.regions(), 1u);
}

// It comes from another connection and cannot end what it left.
TEST_F(NamedRegionsTest, ARestartedClientGetsItsNameBack) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  now_ += kAbandoned - absl::Milliseconds(1);
  ExpectTaken("b", Request("one"));
  now_ += absl::Milliseconds(1);
  ASSERT_TRUE(regions_.Register("b", Request("one")).ok());
  EXPECT_EQ(registry_.regions(), 1u);
  EXPECT_EQ(Listed("a"), 0u);
  EXPECT_EQ(Listed("b"), 1u);
  // What the first left to do ends nothing of the second's.
  EXPECT_TRUE(regions_.UnregisterSystem("a", "one").ok());
  EXPECT_TRUE(regions_.UnregisterSystem("a", "").ok());
  EXPECT_TRUE(regions_.Handle("one").ok());
}

TEST_F(NamedRegionsTest, AnotherPartOfTheObjectIsTheSameObject) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  now_ += kAbandoned;
  SystemSharedMemoryRegisterRequest request = Request("one");
  request.set_offset(64);
  request.set_byte_size(128);
  ASSERT_TRUE(regions_.Register("b", request).ok());
  SystemSharedMemoryStatusResponse response;
  ASSERT_TRUE(regions_.Describe("b", "one", &response).ok());
  EXPECT_EQ(response.regions().at("one").byte_size(), 128u);
}

// Through a unix socket the restarted client looks like the first.
TEST_F(NamedRegionsTest, WhoCannotBeToldFromOthersGetsItsNameBackToo) {
  ASSERT_TRUE(regions_.Register("", Request("one")).ok());
  ExpectTaken("", Request("one"));
  now_ += kAbandoned;
  EXPECT_TRUE(regions_.Register("", Request("one")).ok());
}

// It can end the first by itself.
TEST_F(NamedRegionsTest, ANameIsTakenOnceByOneConnection) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  now_ += absl::Minutes(30);
  ExpectTaken("a", Request("one"));
}

TEST_F(NamedRegionsTest, AnotherObjectDoesNotGetTheName) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  now_ += absl::Minutes(30);
  const std::string other = key_ + "-other";
  Make(other);
  SystemSharedMemoryRegisterRequest request = Request("one");
  request.set_key(other);
  ExpectTaken("b", request);
  shm_unlink(other.c_str());
  // Nor does one that is not there.
  ExpectTaken("b", request);
  EXPECT_TRUE(regions_.Handle("one").ok());
}

// Whoever made it has put it away.
TEST_F(NamedRegionsTest, TheNameOfAnUnlinkedObjectIsFree) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  ASSERT_EQ(shm_unlink(key_.c_str()), 0);
  Make(key_);
  EXPECT_TRUE(regions_.Register("b", Request("one")).ok());
  EXPECT_EQ(registry_.regions(), 1u);
  EXPECT_EQ(Listed("a"), 0u);
}

TEST_F(NamedRegionsTest, ARegionInUseKeepsItsName) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  const absl::StatusOr<std::string> handle = regions_.Handle("one");
  ASSERT_TRUE(handle.ok());
  {
    const absl::StatusOr<shared_memory::Use> use = registry_.Find(*handle);
    ASSERT_TRUE(use.ok());
    now_ += absl::Minutes(30);
    ExpectTaken("b", Request("one"));
    ASSERT_EQ(shm_unlink(key_.c_str()), 0);
    Make(key_);
    ExpectTaken("b", Request("one"));
    EXPECT_EQ(*regions_.Handle("one"), *handle);
  }
  EXPECT_TRUE(regions_.Register("b", Request("one")).ok());
  EXPECT_NE(*regions_.Handle("one"), *handle);
}

// The end of a use begins the time anew.
TEST_F(NamedRegionsTest, ARegionThatWasUsedIsNotAbandoned) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  now_ += kAbandoned;
  EXPECT_TRUE(registry_.Find(*regions_.Handle("one")).ok());
  ExpectTaken("b", Request("one"));
}

// What was left may be all that there is room for.
TEST_F(NamedRegionsTest, ANameIsHadBackWhereThereIsNoRoomForBoth) {
  shared_memory::Registry registry({.enabled = true}, Limits{.max_shared_memory_regions = 1},
                                   [this] { return now_; });
  NamedRegions regions(registry);
  ASSERT_TRUE(regions.Register("a", Request("one")).ok());
  now_ += kAbandoned;
  EXPECT_TRUE(regions.Register("b", Request("one")).ok());
}

// Through a unix socket all callers look alike.
TEST_F(NamedRegionsTest, WhoCannotBeToldFromOthersEndsAndListsNothingWithoutAName) {
  ASSERT_TRUE(regions_.Register("", Request("one")).ok());
  EXPECT_EQ(Listed(""), 0u);
  EXPECT_TRUE(regions_.UnregisterSystem("", "").ok());
  SystemSharedMemoryStatusResponse response;
  EXPECT_TRUE(regions_.Describe("", "one", &response).ok());
  EXPECT_TRUE(regions_.UnregisterSystem("", "one").ok());
  EXPECT_EQ(registry_.regions(), 0u);
}

// One name for all: it is somebody's or free, whatever comes together.
TEST_F(NamedRegionsTest, ManyThreadsMayAskAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  std::atomic<int> taken{0}, wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, me = std::string(1, static_cast<char>('a' + t))] {
      for (int round = 0; round < kRounds; ++round) {
        const absl::Status status = regions_.Register(me, Request("one"));
        if (absl::IsAlreadyExists(status)) {
          ++taken;
          continue;
        }
        SystemSharedMemoryStatusResponse mine;
        // Nobody else ends it, by its name or without one.
        const bool good = status.ok() && regions_.Describe(me, "one", &mine).ok() &&
                          regions_.Handle("one").ok() &&
                          regions_.UnregisterSystem("nobody", "one").ok() &&
                          regions_.Handle("one").ok() &&
                          regions_.UnregisterSystem(me, round % 2 == 0 ? "one" : "").ok();
        wrong += good ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LT(taken, kThreads * kRounds);
  EXPECT_EQ(registry_.regions(), 0u);
  EXPECT_FALSE(regions_.Handle("one").ok());
}

TEST_F(NamedRegionsTest, AnUnknownNameMayBeEnded) {
  EXPECT_TRUE(regions_.UnregisterSystem("a", "never").ok());
}

TEST_F(NamedRegionsTest, ALapsedNameIsFree) {
  ASSERT_TRUE(regions_.Register("a", Request("one")).ok());
  now_ += absl::Hours(2);
  EXPECT_EQ(Listed("a"), 0u);
  EXPECT_TRUE(regions_.Register("b", Request("one")).ok());
}

TEST_F(NamedRegionsTest, BadRequestsNameTheField) {
  EXPECT_EQ(FieldOf(regions_.Register("a", Request(""))), "name");
  SystemSharedMemoryRegisterRequest request = Request("one");
  request.set_key("/etc-passwd");
  EXPECT_EQ(FieldOf(regions_.Register("a", request)), "key");
  request = Request("one");
  request.set_byte_size(kBytes + 1);
  EXPECT_EQ(regions_.Register("a", request).code(), absl::StatusCode::kInvalidArgument);
  request.set_byte_size(0);
  EXPECT_EQ(FieldOf(regions_.Register("a", request)), "byte_size");
  EXPECT_FALSE(regions_.Handle("one").ok());
}

TEST(NamedRegionsOffTest, EverythingIsUnimplemented) {
  shared_memory::Registry registry({}, Limits());
  NamedRegions regions(registry);
  SystemSharedMemoryStatusResponse response;
  ::inference::CudaSharedMemoryStatusResponse on_device;
  for (const absl::Status& status :
       {regions.Register("a", SystemSharedMemoryRegisterRequest()),
        regions.UnregisterSystem("a", ""),
        regions.Register("a", ::inference::CudaSharedMemoryRegisterRequest()),
        regions.UnregisterCuda("a", "one"), regions.Describe("a", "", &on_device),
        regions.Describe("a", "", &response), regions.Handle("one").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
  }
  // Clients end all that they may have had when they begin.
  EXPECT_TRUE(regions.UnregisterCuda("a", "").ok());
}

TEST_F(NamedRegionsTest, WithoutADeviceThereIsNothingOfItsMemoryToEnd) {
  EXPECT_TRUE(regions_.UnregisterCuda("a", "one").ok());
  EXPECT_TRUE(regions_.UnregisterCuda("a", "").ok());
}

}  // namespace
}  // namespace activation::inference
