#include "src/base/dtype.h"

#include "gtest/gtest.h"

namespace activation {
namespace {

TEST(DTypeTest, NamesAndSizes) {
  EXPECT_EQ(SizeOf(DType::kF32), 4U);
  EXPECT_EQ(SizeOf(DType::kF64), 8U);
  EXPECT_EQ(SizeOf(DType::kF16), 2U);
  EXPECT_EQ(SizeOf(DType::kBF16), 2U);
  EXPECT_EQ(Name(DType::kF32), "f32");
  EXPECT_EQ(Name(DType::kF64), "f64");
  EXPECT_EQ(Name(DType::kF16), "f16");
  EXPECT_EQ(Name(DType::kBF16), "bf16");
}

TEST(TierTest, Names) {
  EXPECT_EQ(ParseTier("exact"), Tier::kExact);
  EXPECT_EQ(ParseTier("fast"), Tier::kFast);
  EXPECT_EQ(ParseTier("EXACT"), std::nullopt);
}

}  // namespace
}  // namespace activation
