#include "server/shared_memory/fault_guard.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "tests/server/shared_memory/test_object.h"

namespace activation::shared_memory {
namespace {

constexpr size_t kPages = 64;

size_t PageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

// Read so that no compiler leaves it out.
char Read(const char* at) { return *static_cast<const volatile char*>(at); }

TEST(FaultGuardTest, PagesThatAreGoneBecomeZeros) {
  TestObject object(kPages * PageSize());
  char* const data = object.as<char>();
  data[0] = 'x';
  const auto guard = FaultGuard::Guard(data, object.size());
  ASSERT_TRUE(guard.has_value());
  EXPECT_EQ(Read(data), 'x');
  EXPECT_FALSE(guard->faulted());
  object.Cut(0);
  EXPECT_EQ(Read(data + 7 * PageSize() + 5), 0);
  EXPECT_TRUE(guard->faulted());
  EXPECT_EQ(Read(data), 0) << "the whole range is replaced";
  data[object.size() - 1] = 'y';  // the server's own memory now
  EXPECT_EQ(Read(data + object.size() - 1), 'y');
}

TEST(FaultGuardTest, WritesAreSafeToo) {
  TestObject object(kPages * PageSize());
  const auto guard = FaultGuard::Guard(object.as<char>(), object.size());
  object.Cut(PageSize());
  object.as<char>()[3 * PageSize()] = 'z';
  EXPECT_TRUE(guard->faulted());
}

TEST(FaultGuardTest, ManyThreadsFaultAtOnce) {
  constexpr int kThreads = 8;
  for (int round = 0; round < 50; ++round) {
    TestObject object(kPages * PageSize());
    const auto guard = FaultGuard::Guard(object.as<char>(), object.size());
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        ++ready;
        while (ready <= kThreads) std::this_thread::yield();
        for (size_t page = 0; page < kPages; ++page) {
          char* const at = object.as<char>() + (page * (2 * i + 1)) % kPages * PageSize() + i;
          *static_cast<volatile char*>(at) = Read(at);
        }
      });
    }
    while (ready < kThreads) std::this_thread::yield();
    ++ready;
    object.Cut(0);
    for (std::thread& thread : threads) thread.join();
    object.as<char>()[0] = 1;
    EXPECT_TRUE(guard->faulted());
  }
}

TEST(FaultGuardTest, GuardsEachRangeForItself) {
  TestObject a(PageSize());
  TestObject b(PageSize());
  const auto guard_a = FaultGuard::Guard(a.as<char>(), a.size());
  const auto guard_b = FaultGuard::Guard(b.as<char>(), b.size());
  b.as<char>()[0] = 'b';
  a.Cut(0);
  EXPECT_EQ(Read(a.as<char>()), 0);
  EXPECT_TRUE(guard_a->faulted());
  EXPECT_FALSE(guard_b->faulted());
  EXPECT_EQ(Read(b.as<char>()), 'b');
}

TEST(FaultGuardTest, AreReusedWithoutMemoryOfTheLast) {
  TestObject object(PageSize());
  {
    const auto guard = FaultGuard::Guard(object.as<char>(), object.size());
    object.Cut(0);
    Read(object.as<char>());
    EXPECT_TRUE(guard->faulted());
  }
  EXPECT_FALSE(FaultGuard::Guard(object.as<char>(), object.size())->faulted());
}

TEST(FaultGuardTest, HasRoomForSoMany) {
  TestObject object(PageSize());
  std::vector<FaultGuard> guards;
  for (size_t i = 0; i < FaultGuard::kMost; ++i) {
    auto guard = FaultGuard::Guard(object.as<char>(), object.size());
    if (!guard.has_value()) break;
    guards.push_back(*std::move(guard));
  }
  EXPECT_EQ(guards.size(), FaultGuard::kMost);
  EXPECT_FALSE(FaultGuard::Guard(object.as<char>(), object.size()).has_value());
  guards.pop_back();
  EXPECT_TRUE(FaultGuard::Guard(object.as<char>(), object.size()).has_value());
}

TEST(FaultGuardDeathTest, FaultsElsewhereStillEndTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TestObject guarded(PageSize());
  TestObject other(PageSize());
  guarded.Unlink();
  other.Unlink();
  const auto guard = FaultGuard::Guard(guarded.as<char>(), guarded.size());
  other.Cut(0);
  EXPECT_DEATH(Read(other.as<char>()), "");
  EXPECT_DEATH(raise(SIGBUS), "");
}

TEST(FaultGuardDeathTest, AnUnguardedRangeIsNotSafe) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TestObject object(PageSize());
  object.Unlink();
  { const auto guard = FaultGuard::Guard(object.as<char>(), object.size()); }
  object.Cut(0);
  EXPECT_DEATH(Read(object.as<char>()), "");
}

}  // namespace
}  // namespace activation::shared_memory
