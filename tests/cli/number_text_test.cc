#include "client/cli/number_text.h"

#include <cmath>
#include <cstring>

#include "client/cli/half.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::HasSubstr;

std::vector<double> Values(const Tensor& tensor) {
  std::vector<double> values;
  for (size_t at = 0; at < tensor.bytes.size(); at += SizeOf(tensor.dtype)) {
    values.push_back(ElementValue(tensor.dtype, tensor.bytes.data() + at));
  }
  return values;
}

TEST(NumberTextTest, ReadsAList) {
  const auto tensor = ParseNumbers(" -1, 0,+0.5,1e2 ", DType::kF32);
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_EQ(tensor->shape, std::vector<int64_t>{4});
  EXPECT_EQ(Values(*tensor), (std::vector<double>{-1, 0, 0.5, 100}));
}

TEST(NumberTextTest, ReadsWhatIsNotFinite) {
  const auto tensor = ParseNumbers("inf,-inf,nan,-infinity", DType::kF16);
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  const auto values = Values(*tensor);
  EXPECT_EQ(values[0], HUGE_VAL);
  EXPECT_EQ(values[1], -HUGE_VAL);
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_EQ(values[3], -HUGE_VAL);
}

TEST(NumberTextTest, RoundsOnceToTheDType) {
  // Just above the middle of two floats; by way of double it would be the middle
  // and go to the even one below.
  const auto f32 = ParseNumbers("1.00000005960464477540", DType::kF32);
  ASSERT_TRUE(f32.ok());
  EXPECT_EQ(Values(*f32)[0], 1 + 0x1p-23);
  EXPECT_EQ(Values(*ParseNumbers("0.1", DType::kBF16))[0], 0.10009765625);
  // As far above the middle as a double cannot tell.
  EXPECT_EQ(Values(*ParseNumbers("1.000488281250000000000000000001,1.00048828125", DType::kF16)),
            (std::vector<double>{1 + 0x1p-10, 1}));
  EXPECT_EQ(Values(*ParseNumbers("-1.003906250000000000000000000001", DType::kBF16))[0],
            -1 - 0x1p-7);
  EXPECT_EQ(Values(*ParseNumbers("1e-400,-1e-400", DType::kF64)), (std::vector<double>{0, -0.0}));
}

TEST(NumberTextTest, NamesWhatIsNoNumber) {
  for (const char* text : {"", "1,", ",1", "1,,2", "x", "1 2", "0x10", "--1", "+-1", "1e"}) {
    EXPECT_FALSE(LooksLikeNumbers(text)) << text;
    EXPECT_FALSE(ParseNumbers(text, DType::kF32).ok()) << text;
  }
  EXPECT_THAT(std::string(ParseNumbers("1,abc", DType::kF32).status().message()),
              HasSubstr("'abc' is not a number"));
}

TEST(NumberTextTest, NamesWhatIsTooLarge) {
  EXPECT_THAT(std::string(ParseNumbers("1e39", DType::kF32).status().message()),
              HasSubstr("too large for f32"));
  EXPECT_FALSE(ParseNumbers("65520", DType::kF16).ok());
  EXPECT_TRUE(ParseNumbers("65519", DType::kF16).ok());
  EXPECT_FALSE(ParseNumbers("-1e400", DType::kF64).ok());
  EXPECT_TRUE(LooksLikeNumbers("1e400"));
}

TEST(NumberTextTest, WritesTheShortestText) {
  const auto text = [](DType dtype, const char* number) {
    return ElementText(dtype, ParseNumbers(number, dtype)->bytes.data());
  };
  EXPECT_EQ(text(DType::kF32, "0.1"), "0.1");
  EXPECT_EQ(text(DType::kF64, "0.1"), "0.1");
  EXPECT_EQ(text(DType::kF16, "0.1"), "0.1");
  EXPECT_EQ(text(DType::kBF16, "0.1"), "0.1");
  EXPECT_EQ(text(DType::kF32, "-0.0"), "-0");
  EXPECT_EQ(text(DType::kF16, "65504"), "65500");
  EXPECT_EQ(text(DType::kF64, "-nan"), "nan");
  EXPECT_EQ(text(DType::kBF16, "-inf"), "-inf");
}

TEST(NumberTextTest, EveryHalfReadsBackFromItsText) {
  for (DType dtype : {DType::kF16, DType::kBF16}) {
    for (uint32_t i = 0; i < 0x10000; ++i) {
      const auto bits = static_cast<uint16_t>(i);
      char element[2];
      std::memcpy(element, &bits, 2);
      if (std::isnan(ElementValue(dtype, element))) continue;
      const auto back = ParseNumbers(ElementText(dtype, element), dtype);
      ASSERT_TRUE(back.ok()) << back.status();
      ASSERT_EQ(std::memcmp(back->bytes.data(), element, 2), 0) << ElementText(dtype, element);
    }
  }
}

TEST(NumberTextTest, JsonHasStringsForWhatIsNotFinite) {
  const Tensor tensor = *ParseNumbers("nan,inf,-inf,0.5", DType::kF32);
  EXPECT_EQ(ElementJson(DType::kF32, tensor.bytes.data()), "\"NaN\"");
  EXPECT_EQ(ElementJson(DType::kF32, tensor.bytes.data() + 4), "\"Infinity\"");
  EXPECT_EQ(ElementJson(DType::kF32, tensor.bytes.data() + 8), "\"-Infinity\"");
  EXPECT_EQ(ElementJson(DType::kF32, tensor.bytes.data() + 12), "0.5");
}

}  // namespace
}  // namespace activation::cli
