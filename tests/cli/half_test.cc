#include "client/cli/half.h"

#include <cmath>
#include <cstring>

#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using From = uint16_t (*)(double);
using To = double (*)(uint16_t);

void ExpectRoundTrips(From from, To to) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const double value = to(static_cast<uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(to(from(value)))) << bits;
      EXPECT_EQ(from(value) & 0x8000, bits & 0x8000) << bits;
    } else {
      ASSERT_EQ(from(value), bits);
    }
  }
}

// Between each pair of neighbours: the middle goes to the even one, and
// anything off the middle to the nearer one.
void ExpectRoundsToNearestEven(From from, To to, uint16_t greatest) {
  for (uint16_t bits = 0; bits < greatest; ++bits) {
    const auto above = static_cast<uint16_t>(bits + 1);
    const double middle = (to(bits) + to(above)) / 2;
    const uint16_t even = bits % 2 == 0 ? bits : above;
    ASSERT_EQ(from(middle), even) << bits;
    ASSERT_EQ(from(-middle), even | 0x8000) << bits;
    ASSERT_EQ(from(std::nextafter(middle, 0)), bits);
    ASSERT_EQ(from(std::nextafter(middle, HUGE_VAL)), above);
  }
}

TEST(HalfTest, EveryHalfRoundTrips) { ExpectRoundTrips(HalfFromDouble, DoubleFromHalf); }

TEST(HalfTest, EveryBFloat16RoundTrips) {
  ExpectRoundTrips(BFloat16FromDouble, DoubleFromBFloat16);
}

TEST(HalfTest, RoundsToNearestEven) {
  ExpectRoundsToNearestEven(HalfFromDouble, DoubleFromHalf, 0x7bff);
  ExpectRoundsToNearestEven(BFloat16FromDouble, DoubleFromBFloat16, 0x7f7f);
}

TEST(HalfTest, KnowsTheLandmarks) {
  EXPECT_EQ(DoubleFromHalf(0x3c00), 1.0);
  EXPECT_EQ(DoubleFromHalf(0x7bff), 65504.0);
  EXPECT_EQ(DoubleFromHalf(0x0001), 0x1p-24);
  EXPECT_EQ(DoubleFromBFloat16(0x3f80), 1.0);
  EXPECT_EQ(DoubleFromBFloat16(0x0001), 0x1p-133);
}

TEST(HalfTest, OverflowsToInfinityAtTheMiddle) {
  EXPECT_EQ(HalfFromDouble(std::nextafter(65520.0, 0)), 0x7bff);
  EXPECT_EQ(HalfFromDouble(65520.0), 0x7c00);
  EXPECT_EQ(HalfFromDouble(-1e300), 0xfc00);
  EXPECT_EQ(BFloat16FromDouble(1e300), 0x7f80);
  EXPECT_EQ(HalfFromDouble(HUGE_VAL), 0x7c00);
}

TEST(HalfTest, TinyNumbersBecomeSignedZero) {
  EXPECT_EQ(HalfFromDouble(0x1p-25), 0x0000);
  EXPECT_EQ(HalfFromDouble(-1e-300), 0x8000);
  EXPECT_EQ(BFloat16FromDouble(-4.9e-324), 0x8000);
}

// A bfloat16 is the upper half of a binary32.
TEST(HalfTest, BFloat16IsTheUpperHalfOfAFloat) {
  for (uint32_t bits = 0; bits < 0x7f80; ++bits) {
    const uint32_t wide = bits << 16;
    float value;
    std::memcpy(&value, &wide, sizeof(value));
    ASSERT_EQ(DoubleFromBFloat16(static_cast<uint16_t>(bits)), static_cast<double>(value));
  }
}

}  // namespace
}  // namespace activation::cli
