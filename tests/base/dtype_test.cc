#include "src/base/dtype.h"

#include "gtest/gtest.h"

namespace activation {
namespace {

TEST(DTypeTest, NamesAndSizes) {
  EXPECT_EQ(SizeOf(DType::kF32), 4U);
  EXPECT_EQ(SizeOf(DType::kF64), 8U);
  EXPECT_EQ(SizeOf(DType::kF16), 2U);
  EXPECT_EQ(SizeOf(DType::kBF16), 2U);
  for (const DType dtype : kAllDTypes) EXPECT_EQ(ParseDType(Name(dtype)), dtype);
  EXPECT_EQ(ParseDType("f8"), std::nullopt);
  EXPECT_EQ(ParseDType(""), std::nullopt);
}

TEST(TierTest, Names) {
  EXPECT_EQ(ParseTier("exact"), Tier::kExact);
  EXPECT_EQ(ParseTier("fast"), Tier::kFast);
  EXPECT_EQ(ParseTier("EXACT"), std::nullopt);
}

}  // namespace
}  // namespace activation
