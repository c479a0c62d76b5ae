#include "client/src/shared_ranges.h"

#include <gtest/gtest.h>

#include <vector>

namespace activation::client {
namespace {

class SharedRangesTest : public testing::Test {
 protected:
  // The region and offset of a place, or "" where there is none.
  std::string Find(size_t first, size_t bytes) {
    const auto place = ranges_.Find(memory_.data() + first, bytes);
    return place ? place->region + std::to_string(place->offset) : "";
  }

  std::vector<char> memory_ = std::vector<char>(100);
  SharedRanges ranges_;
};

TEST_F(SharedRangesTest, FindsWhatLiesWhollyInside) {
  ranges_.Add(&memory_[10], 20, "a");
  ranges_.Add(&memory_[30], 10, "b");
  EXPECT_EQ(Find(10, 20), "a0");
  EXPECT_EQ(Find(15, 1), "a5");
  EXPECT_EQ(Find(30, 10), "b0");
  EXPECT_EQ(Find(9, 2), "");
  EXPECT_EQ(Find(29, 2), "") << "in two ranges";
  EXPECT_EQ(Find(39, 2), "");
  EXPECT_EQ(Find(40, 1), "");
  EXPECT_EQ(Find(15, ~size_t{0}), "");
}

TEST_F(SharedRangesTest, EmptyTensorsAndNoMemoryLieNowhere) {
  ranges_.Add(&memory_[10], 20, "a");
  EXPECT_EQ(Find(10, 0), "");
  EXPECT_FALSE(ranges_.Find(nullptr, 4).has_value());
}

TEST_F(SharedRangesTest, ForgetsWhatIsRemoved) {
  EXPECT_EQ(Find(10, 1), "");
  ranges_.Add(&memory_[10], 20, "a");
  ranges_.Remove(&memory_[10]);
  EXPECT_EQ(Find(10, 1), "");
}

}  // namespace
}  // namespace activation::client
