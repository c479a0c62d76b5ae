#include "src/base/out_of_memory.h"

#include <new>

#include "gtest/gtest.h"
#include "src/base/errors.h"

namespace activation {
namespace {

TEST(OutOfMemoryTest, ReturnsWhatTheWorkReturns) {
  EXPECT_EQ(OrOutOfMemory([] { return absl::OkStatus(); }, OutOfMemory), absl::OkStatus());
  EXPECT_EQ(OrOutOfMemory([] { return Draining(); }, OutOfMemory), Draining());
}

TEST(OutOfMemoryTest, ReturnsTheErrorWhereTheWorkHasNoMemory) {
  const auto work = []() -> absl::Status { throw std::bad_alloc(); };
  EXPECT_EQ(OrOutOfMemory(work, OutOfMemory), OutOfMemory());
  EXPECT_EQ(OrOutOfMemory(work, OutOfMemoryAtWork), OutOfMemoryAtWork());
}

// Nobody may be told to try again as if nothing had begun.
TEST(OutOfMemoryTest, OfAPartIsThatOfACallAtWork) {
  EXPECT_EQ(AsPart(OutOfMemory()), OutOfMemoryAtWork());
  EXPECT_EQ(AsPart(absl::OkStatus()), absl::OkStatus());
  EXPECT_EQ(AsPart(CallCancelled()), CallCancelled());
}

}  // namespace
}  // namespace activation
