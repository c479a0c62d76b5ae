// The arithmetic of a warp's lanes (ops_warp-inl.h), from first bits as wrong as a GPU's may be.
#include "src/functions/ops_scalar.h"
// Needs it before it.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "src/functions/ops_warp-inl.h"

namespace activation::scalar {
namespace {

void ExpectRatio(float a, float b) {
  const float ratio = InWarp::Ratio(a, b);
  const float expected = a / b;
  EXPECT_EQ(ratio, expected) << a << " / " << b;
  EXPECT_EQ(std::signbit(ratio), std::signbit(expected)) << a << " / " << b;
}

TEST(RatioTest, IsThatOfAnyTwoFloats) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> mantissa(1, 2);
  std::uniform_int_distribution<int> exponent_a(-100, 126);
  std::uniform_int_distribution<int> exponent_b(-1, 1);
  for (int i = 0; i < 2000000; ++i) {
    const float b = std::ldexp(mantissa(random), exponent_b(random));
    ExpectRatio(std::ldexp(mantissa(random), exponent_a(random)), b);
  }
}

// `value` to the power of -1 modulo an odd `modulus`.
uint64_t Inverse(uint64_t value, uint64_t modulus) {
  int64_t before = 0;
  int64_t now = 1;
  uint64_t rest = modulus;
  uint64_t next = value % modulus;
  while (next > 1) {
    const uint64_t whole = rest / next;
    const uint64_t less = rest % next;
    rest = next;
    next = less;
    const int64_t then = before - static_cast<int64_t>(whole) * now;
    before = now;
    now = then;
  }
  return static_cast<uint64_t>(now < 0 ? now + static_cast<int64_t>(modulus) : now);
}

// Quotients a / b that are so near to the middle between two floats that RatioBy's error might
// decide: a 2^24 or, below one, a 2^25 is next to a multiple of b.
void ExpectRatiosBesideMiddles(uint64_t b) {
  constexpr uint64_t kEnd = uint64_t{1} << 24;
  for (const int shift : {24, 25}) {
    for (uint64_t power = 1; power <= 4 && b % power == 0; power *= 2) {
      const uint64_t odd = b / power;
      if (odd % 2 == 0) continue;
      const uint64_t inverse = Inverse((uint64_t{1} << shift) % odd, odd);
      for (uint64_t distance = 1; distance * power <= 4; ++distance) {
        for (const uint64_t residue : {distance, odd - distance}) {
          for (uint64_t a = inverse * residue % odd; a < kEnd; a += odd) {
            if (a < kEnd / 2 || (shift == 24) != (a >= b)) continue;
            ExpectRatio(static_cast<float>(a), std::ldexp(static_cast<float>(b), -23));
          }
        }
      }
    }
  }
}

TEST(RatioTest, IsThatOfQuotientsBesideTheMiddleOfTwoFloats) {
  constexpr uint64_t kEnd = uint64_t{1} << 24;
  for (uint64_t b = kEnd - 1; b > kEnd - 100000; --b) ExpectRatiosBesideMiddles(b);
  for (uint64_t b = kEnd / 2; b < kEnd; b += 33) ExpectRatiosBesideMiddles(b);
}

TEST(RatioTest, IsThatByPowersOfTwoOfEverySize) {
  std::mt19937 random(2);
  for (const float b : {0.5F, 1.0F, 2.0F, 4.0F}) {
    for (int i = 0; i < 100000; ++i) {
      const auto bits = static_cast<uint32_t>(random() >> (i % 24));
      float a;
      std::memcpy(&a, &bits, sizeof(a));
      if (std::fabs(a) < 0x1p127F) ExpectRatio(a, b);
    }
  }
}

TEST(RatioTest, IsThatOfZerosAndInfinities) {
  for (const float b : {0.75F, 1.0F, 1.5F, 3.0F}) {
    for (const float a : {0.0F, std::numeric_limits<float>::infinity()}) {
      ExpectRatio(a, b);
      ExpectRatio(-a, b);
    }
    EXPECT_TRUE(std::isnan(InWarp::Ratio(std::numeric_limits<float>::quiet_NaN(), b)));
  }
}

TEST(QuotientTest, IsRightToItsLastBitsInDouble) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> mantissa(1, 2);
  std::uniform_int_distribution<int> exponent_a(-300, 300);
  std::uniform_int_distribution<int> exponent_b(-600, 600);
  for (int i = 0; i < 1000000; ++i) {
    const double a = std::ldexp(mantissa(random), exponent_a(random));
    const double b = std::ldexp(mantissa(random), exponent_b(random));
    ASSERT_LE(std::fabs(InWarp::Quotient(a, b) / (a / b) - 1), 0x1p-51) << a << " / " << b;
    ASSERT_LE(std::fabs(InWarp::Root(b) / std::sqrt(b) - 1), 0x1p-51) << b;
  }
  EXPECT_EQ(InWarp::Quotient(-0.0, 3.0), 0);
  EXPECT_TRUE(std::signbit(InWarp::Quotient(-0.0, 3.0)));
  EXPECT_EQ(InWarp::Quotient(-std::numeric_limits<double>::infinity(), 0x1p411),
            -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace activation::scalar
