#include "server/pollers/idle_processors.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace activation {
namespace {

// The first processor that this thread may run on.
int Allowed() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof(allowed), &allowed);
  int processor = 0;
  while (!CPU_ISSET(processor, &allowed)) ++processor;
  return processor;
}

TEST(IdleProcessorsTest, CountsWhereTheThreadMayRun) {
  std::istringstream stat(absl::StrCat("cpu  900 900 900 900 900 900 900 900 900 900\n", "cpu",
                                       Allowed(), " 1 2 4 8 16 32 64 128 256 512\n",
                                       "cpu100000 1 1 1 1 1 1 1 1 0 0\n", "intr 5 6\n", "cpu",
                                       Allowed(), " 7 7 7 7 7 7 7 7 0 0\n"));
  const ProcessorTicks ticks = ReadProcessorTicks(stat);
  EXPECT_EQ(ticks.processors, 1);
  EXPECT_EQ(ticks.all, 255U);
  EXPECT_EQ(ticks.idle, 24U);
}

TEST(IdleProcessorsTest, TakesOldAndOtherTexts) {
  // Linux 2.4 had four columns.
  std::istringstream old(absl::StrCat("cpu 1 2 3 4\ncpu", Allowed(), " 1 2 3 4\n"));
  EXPECT_EQ(ReadProcessorTicks(old).all, 10U);
  for (const char* const text : {"", "cpu", "cpu\n", "cpux 1 2 3", "cpu-1 1 2 3", "intr 1 2"}) {
    std::istringstream other(text);
    const ProcessorTicks ticks = ReadProcessorTicks(other);
    EXPECT_EQ(ticks.processors, 0) << text;
    EXPECT_EQ(ticks.all, 0U) << text;
  }
}

TEST(IdleProcessorsTest, LiesBetweenNoneAndAll) {
  IdleProcessors idle;
  idle.Begin();
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_GE(idle.SinceBegin(), 0);
  EXPECT_LE(idle.SinceBegin(), std::thread::hardware_concurrency());
}

}  // namespace
}  // namespace activation
