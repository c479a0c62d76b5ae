#include "client/cli/bench/server_times.h"

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using std::chrono::nanoseconds;

TEST(ServerTimesTest, ReadsTheEntriesInAnyOrderAndPassesOverOthers) {
  const auto times =
      ParseServerTimes("kernel;dur=0.2, cache;desc=x, queue;dur=0.0125,copy;dur=3, total");
  ASSERT_TRUE(times.has_value());
  EXPECT_EQ(times->queue, nanoseconds(12500));
  EXPECT_EQ(times->copy, nanoseconds(3000000));
  EXPECT_EQ(times->kernel, nanoseconds(200000));
  EXPECT_EQ(times->total(), nanoseconds(3212500));
}

TEST(ServerTimesTest, RefusesWhatIsIncompleteOrNoNumber) {
  for (const char* text :
       {"", "queue;dur=1, copy;dur=1", "queue;dur=1, copy;dur=1, kernel",
        "queue;dur=x, copy;dur=1, kernel;dur=1", "queue;dur=-1, copy;dur=1, kernel;dur=1",
        "queue;dur=nan, copy;dur=1, kernel;dur=1", "queue;dur=1e300, copy;dur=1, kernel;dur=1"}) {
    EXPECT_FALSE(ParseServerTimes(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace activation::cli
