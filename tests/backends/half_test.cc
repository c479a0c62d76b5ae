#include "src/backends/half.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "src/backends/cpu/kernels.h"

namespace activation {
namespace {

// The value of a binary16 by its definition.
double ValueOfF16(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double mantissa = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  return sign *
         (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

TEST(HalfTest, EveryF16WidensExactlyAndComesBack) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = FloatOfF16(half);
    if (std::isnan(ValueOfF16(half))) {
      EXPECT_TRUE(std::isnan(value)) << bits;
      EXPECT_EQ(F16OfFloat(value), 0x7e00 | (bits & 0x8000)) << bits;
    } else {
      ASSERT_EQ(value, ValueOfF16(half)) << bits;
      ASSERT_EQ(F16OfFloat(value), half) << bits;
    }
  }
}

TEST(HalfTest, EveryBF16ComesBack) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = FloatOfBF16(half);
    if (!std::isnan(value)) {
      ASSERT_EQ(BF16OfFloat(value), half);
    }
  }
  EXPECT_EQ(BF16OfFloat(std::nanf("")), 0x7fc0);
}

TEST(HalfTest, RoundsToNearestTiesToEven) {
  // Between each two neighbours: below the middle, the middle, above it.
  for (uint16_t bits = 0; bits < 0x7bff; ++bits) {
    const double low = ValueOfF16(bits);
    const double high = ValueOfF16(bits + 1);
    const auto middle = static_cast<float>((low + high) / 2);
    ASSERT_EQ(F16OfFloat(std::nextafterf(middle, 0)), bits);
    ASSERT_EQ(F16OfFloat(middle), bits % 2 == 0 ? bits : bits + 1);
    ASSERT_EQ(F16OfFloat(std::nextafterf(middle, INFINITY)), bits + 1);
  }
  EXPECT_EQ(F16OfFloat(65519.0F), 0x7bff);
  EXPECT_EQ(F16OfFloat(65520.0F), 0x7c00);
  EXPECT_EQ(F16OfFloat(-1e30F), 0xfc00);
}

TEST(HalfTest, RoundToOddMakesTwoRoundingsOne) {
  // 1 + 2^-11 is a tie of binary16; a little more must round up, though float
  // cannot hold the little.
  const double above_tie = 1 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(F16OfFloat(static_cast<float>(above_tie)), 0x3c00);
  EXPECT_EQ(F16OfFloat(RoundToOdd(above_tie)), 0x3c01);
  EXPECT_EQ(F16OfFloat(RoundToOdd(-above_tie)), 0xbc01);
  EXPECT_EQ(RoundToOdd(0.5), 0.5F);
  EXPECT_TRUE(std::isnan(RoundToOdd(NAN)));
}

TEST(HalfTest, RoundToOddKeepsInTheLastBitThatSomethingWasLost) {
  EXPECT_EQ(RoundToOdd(1, 0), 1);
  EXPECT_EQ(RoundToOdd(1, 1e-40), std::nextafter(1.0, 2.0));
  EXPECT_EQ(RoundToOdd(1, -1e-40), std::nextafter(1.0, 0.0));
  EXPECT_EQ(RoundToOdd(-1, 1e-40), std::nextafter(-1.0, 0.0));
  // Already odd: nothing to keep.
  const double odd = std::nextafter(1.0, 2.0);
  EXPECT_EQ(RoundToOdd(odd, 1e-40), odd);
  EXPECT_EQ(RoundToOdd(INFINITY, 1), INFINITY);
  EXPECT_TRUE(std::signbit(RoundToOdd(-0.0, 0)));
}

// Of all neighbours of a type the middle, and the floats next to it, which are nearer to one.
template <class Widen, class Convert>
void ExpectMiddlesAlone(uint16_t greatest, Widen widen, Convert convert) {
  std::vector<float> floats;
  for (uint16_t bits = 0; bits <= greatest; ++bits) {
    // Beyond the greatest, where infinity begins, it is as far as from the one before to it.
    const float gap = bits < greatest ? widen(static_cast<uint16_t>(bits + 1)) - widen(bits)
                                      : widen(bits) - widen(static_cast<uint16_t>(bits - 1));
    const float middle = widen(bits) + gap / 2;
    if (middle == 0) continue;  // between subnormal floats
    for (const float sign : {1.0F, -1.0F}) {
      for (const int step : {-1, 0, 1}) {
        const uint32_t at = std::bit_cast<uint32_t>(middle) + static_cast<uint32_t>(step);
        floats.push_back(sign * std::bit_cast<float>(at));
      }
    }
  }
  std::vector<uint16_t> out(floats.size());
  std::vector<uint8_t> doubt(floats.size());
  ASSERT_TRUE(convert(floats.data(), out.data(), doubt.data(), floats.size()));
  for (size_t i = 0; i < floats.size(); ++i) ASSERT_EQ(doubt[i], i % 3 == 1 ? 1 : 0) << floats[i];
}

TEST(ConversionTest, FloatsInTheMiddleAreMarked) {
  for (const KernelSet& kernels : AllKernels()) {
    SCOPED_TRACE(kernels.target);
    ExpectMiddlesAlone(0x7bff, FloatOfF16, kernels.convert.float_to_f16);
    ExpectMiddlesAlone(0x7f7f, FloatOfBF16, kernels.convert.float_to_bf16);
  }
}

TEST(ConversionTest, EveryTargetAgreesWithTheScalarFunctions) {
  std::mt19937 random(7);
  constexpr size_t kCount = 4096;
  std::vector<float> floats(kCount);
  std::vector<uint16_t> halves(kCount);
  for (size_t i = 0; i < kCount; ++i) {
    floats[i] = std::bit_cast<float>(static_cast<uint32_t>(random()));
    halves[i] = static_cast<uint16_t>(random());
  }
  for (const KernelSet& kernels : AllKernels()) {
    std::vector<uint16_t> out(kCount);
    std::vector<uint8_t> doubt(kCount);
    std::vector<float> wide(kCount);
    kernels.convert.float_to_f16(floats.data(), out.data(), doubt.data(), kCount);
    for (size_t i = 0; i < kCount; ++i) ASSERT_EQ(out[i], F16OfFloat(floats[i])) << kernels.target;
    kernels.convert.float_to_bf16(floats.data(), out.data(), doubt.data(), kCount);
    for (size_t i = 0; i < kCount; ++i) ASSERT_EQ(out[i], BF16OfFloat(floats[i])) << kernels.target;
    kernels.convert.f16_to_float(halves.data(), wide.data(), kCount);
    for (size_t i = 0; i < kCount; ++i) {
      // Hosts differ in the NaN they make of one.
      const float wanted = FloatOfF16(halves[i]);
      if (std::isnan(wanted) && std::isnan(wide[i])) continue;
      ASSERT_EQ(std::bit_cast<uint32_t>(wide[i]), std::bit_cast<uint32_t>(wanted));
    }
  }
}

TEST(ConversionTest, DoubtIsSetWhereTheFloatIsAMiddle) {
  // Middles of normal and of subnormal f16, and what is none.
  const std::vector<float> in = {1 + 0x1p-11F, 0x1.8p-24F, -0x1p-25F, 1.0F, 1 + 0x1p-12F,
                                 0.0F,         -0.0F,      INFINITY,  NAN};
  const std::vector<uint8_t> doubt_wanted = {1, 1, 1, 0, 0, 0, 0, 0, 0};
  for (const KernelSet& kernels : AllKernels()) {
    std::vector<uint16_t> out(in.size());
    std::vector<uint8_t> doubt(in.size());
    EXPECT_TRUE(kernels.convert.float_to_f16(in.data(), out.data(), doubt.data(), in.size()));
    EXPECT_EQ(doubt, doubt_wanted) << kernels.target;
    EXPECT_FALSE(kernels.convert.float_to_f16(&in[3], out.data(), doubt.data(), 6));
  }
}

// Wherever it is, on every target; numbers of any size are finite.
TEST(ConversionTest, WhatIsNotFiniteIsSeen) {
  for (const KernelSet& kernels : AllKernels()) {
    for (size_t n = 0; n <= 70; ++n) {
      std::vector<float> in(n, -3.4028235e38F);
      for (size_t i = 0; i < n; i += 3) in[i] = 0x1p-149F;
      EXPECT_TRUE(kernels.convert.are_finite(in.data(), n)) << kernels.target << ", " << n;
      for (size_t i = 0; i < n; ++i) {
        for (const float value : {INFINITY, -INFINITY, NAN, -NAN}) {
          std::vector<float> with = in;
          with[i] = value;
          EXPECT_FALSE(kernels.convert.are_finite(with.data(), n))
              << kernels.target << ", " << value << " at " << i << " of " << n;
        }
      }
    }
  }
}

// The rounding test sends on what its error bound cannot decide, and little else.
TEST(ExactKernelTest, DoubtIsRareAndCoversTies) {
  const FunctionKernels& silu = BestKernels().functions[*FindFunction("silu")];
  std::vector<float> x(1 << 16);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) * 0x1p-12F - 8;
  std::vector<float> y(x.size());
  std::vector<uint8_t> doubt(x.size());
  silu.exact.forward({}, x.data(), nullptr, y.data(), doubt.data(), x.size(), Store::kCached);
  EXPECT_LT(std::count(doubt.begin(), doubt.end(), 1), 16);
  // Half of an odd subnormal is a tie, of which swish with beta = 0 knows no more.
  const FunctionKernels& swish = BestKernels().functions[*FindFunction("swish")];
  x.assign(kKernelGranule, 0x1.8p-148F);
  EXPECT_TRUE(swish.exact.forward(Params(), x.data(), nullptr, y.data(), doubt.data(), x.size(),
                                  Store::kCached));
  EXPECT_EQ(std::count(doubt.begin(), doubt.begin() + kKernelGranule, 1), kKernelGranule);
}

// Beyond half of x they have a positive square, 40 orders below a subnormal one.
TEST(ExactKernelTest, HalvesOfSubnormalsAreNotInDoubt) {
  std::vector<float> x(kKernelGranule);
  const size_t middle = x.size() / 2;
  for (size_t i = 0; i < x.size(); ++i) {
    const float places = static_cast<float>(i) - static_cast<float>(middle);
    x[i] = places * 0x1p-149F;
  }
  x[0] = -0.0F;
  for (const char* name : {"silu", "swish", "gelu", "gelu_tanh", "gelu_sigmoid", "hard_swish"}) {
    const FunctionId id = *FindFunction(name);
    for (const KernelSet& kernels : AllKernels()) {
      std::vector<float> y(x.size());
      std::vector<uint8_t> doubt(x.size());
      EXPECT_FALSE(kernels.functions[id].exact.forward(*ResolveParams(id, {}), x.data(), nullptr,
                                                       y.data(), doubt.data(), x.size(),
                                                       Store::kCached))
          << name;
      for (size_t i = 0; i < x.size(); ++i) {
        const double half_way_up = std::floor(static_cast<double>(x[i]) * 0x1p148 + 0.5);
        EXPECT_EQ(y[i], static_cast<float>(half_way_up * 0x1p-149)) << name << " of " << x[i];
        EXPECT_EQ(std::signbit(y[i]), std::signbit(x[i])) << name << " of " << x[i];
      }
    }
  }
}

}  // namespace
}  // namespace activation
