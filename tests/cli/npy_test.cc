#include "client/cli/npy.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Floats(std::initializer_list<float> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(float)};
}

std::string File(int version, const std::string& dictionary, const std::string& data) {
  std::string file("\x93NUMPY", 6);
  file += static_cast<char>(version);
  file += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    file += static_cast<char>(dictionary.size() >> (8 * i));
  }
  return file + dictionary + data;
}

std::string Dictionary(const std::string& descr, const std::string& order,
                       const std::string& shape) {
  return absl::StrCat("{'descr': '", descr, "', 'fortran_order': ", order, ", 'shape': ", shape,
                      ", }\n");
}

std::string ErrorOf(const std::string& file, std::optional<DType> dtype = std::nullopt) {
  return std::string(ParseNpy(file, dtype).status().message());
}

TEST(NpyTest, RoundTripsEveryDTypeAndRank) {
  const std::vector<std::vector<int64_t>> shapes = {{},        {1}, {6},      {2, 3},
                                                    {1, 2, 3}, {0}, {4, 0, 2}};
  for (DType dtype : {DType::kF32, DType::kF64, DType::kF16, DType::kBF16}) {
    for (const auto& shape : shapes) {
      const size_t bytes = static_cast<size_t>(*ElementsOf(shape, dtype)) * SizeOf(dtype);
      Tensor tensor{.dtype = dtype, .shape = shape, .bytes = std::string(bytes, 'x')};
      for (size_t i = 0; i < bytes; ++i) tensor.bytes[i] = static_cast<char>(i);
      const std::string file = NpyFile(tensor);
      EXPECT_EQ((file.size() - bytes) % 64, 0u);
      const auto back = ParseNpy(file, dtype);
      ASSERT_TRUE(back.ok()) << back.status();
      EXPECT_EQ(back->shape, shape);
      EXPECT_EQ(back->bytes, tensor.bytes);
      EXPECT_EQ(back->dtype, dtype);
    }
  }
}

TEST(NpyTest, ReadsEveryVersion) {
  for (int version : {1, 2, 3}) {
    const auto tensor =
        ParseNpy(File(version, Dictionary("<f4", "False", "(3,)"), Floats({1, 2, 3})), {});
    ASSERT_TRUE(tensor.ok()) << tensor.status();
    EXPECT_THAT(tensor->shape, ElementsAre(3));
    EXPECT_EQ(tensor->bytes, Floats({1, 2, 3}));
  }
  EXPECT_THAT(ErrorOf(File(4, Dictionary("<f4", "False", "(0,)"), "")), HasSubstr("version 4"));
}

TEST(NpyTest, TurnsFortranOrderIntoRowMajor) {
  // [[1, 2, 3], [4, 5, 6]] column by column.
  auto matrix =
      ParseNpy(File(1, Dictionary("<f4", "True", "(2, 3)"), Floats({1, 4, 2, 5, 3, 6})), {});
  ASSERT_TRUE(matrix.ok()) << matrix.status();
  EXPECT_EQ(matrix->bytes, Floats({1, 2, 3, 4, 5, 6}));
  // 2 x 2 x 2 counted up from 0 in row-major order.
  auto cube = ParseNpy(
      File(1, Dictionary("<f4", "True", "(2, 2, 2)"), Floats({0, 4, 2, 6, 1, 5, 3, 7})), {});
  ASSERT_TRUE(cube.ok()) << cube.status();
  EXPECT_EQ(cube->bytes, Floats({0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(NpyTest, ReadsBFloat16OnlyWhereAskedTo) {
  for (const char* descr : {"<u2", "|V2", "<V2"}) {
    const std::string file = File(1, Dictionary(descr, "False", "(1,)"), "\x80\x3f");
    EXPECT_THAT(ErrorOf(file), HasSubstr("--dtype=bf16"));
    EXPECT_TRUE(ParseNpy(file, DType::kBF16).ok());
  }
}

TEST(NpyTest, RefusesOtherElements) {
  const auto error = [](const std::string& descr) {
    return ErrorOf(File(1, Dictionary(descr, "False", "(0,)"), ""));
  };
  EXPECT_THAT(error(">f4"), HasSubstr("big-endian"));
  EXPECT_THAT(error("<i4"), HasSubstr("'<i4'"));
  EXPECT_THAT(error("|O"), HasSubstr("'|O'"));
  EXPECT_THAT(error(""), HasSubstr("''"));
  EXPECT_THAT(
      ErrorOf(File(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", "")),
      HasSubstr("records"));
  EXPECT_THAT(ErrorOf(File(1, Dictionary("<f4", "False", "(0,)"), ""), DType::kF64),
              HasSubstr("it holds f32 where f64 is wanted"));
}

TEST(NpyTest, TrustsNoShape) {
  const auto error = [](const std::string& shape) {
    return ErrorOf(File(1, Dictionary("<f4", "False", shape), Floats({1, 2})));
  };
  EXPECT_THAT(error("(3,)"), HasSubstr("cut short"));
  EXPECT_THAT(error("(1,)"), HasSubstr("left over"));
  EXPECT_THAT(error("(4611686018427387904, 4)"), HasSubstr("larger than any memory"));
  EXPECT_THAT(error("(9223372036854775807,)"), HasSubstr("larger than any memory"));
  EXPECT_THAT(error("(9223372036854775808,)"), HasSubstr("'shape'"));
  EXPECT_THAT(error("(0, 9223372036854775807, 9)"), HasSubstr("larger than any memory"));
  EXPECT_THAT(error("(-1,)"), HasSubstr("'shape'"));
  EXPECT_THAT(error("(2 2)"), HasSubstr("'shape'"));
  std::string deep = "(";
  for (int i = 0; i < 100; ++i) deep += "1,";
  EXPECT_THAT(error(deep + ")"), HasSubstr("'shape'"));
}

TEST(NpyTest, TrustsNoDictionary) {
  for (const char* dictionary :
       {"", "{", "{}", "[]", "{'descr'", "{'descr': '<f4'}", "{'descr': '<f4",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (0,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (0,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'more': 1}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (0,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)} and more"}) {
    EXPECT_FALSE(ParseNpy(File(1, dictionary, ""), {}).ok()) << dictionary;
  }
}

TEST(NpyTest, EveryTruncationIsAnError) {
  const std::string file =
      NpyFile({.dtype = DType::kF32, .shape = {2, 2}, .bytes = Floats({1, 2, 3, 4})});
  for (size_t length = 0; length < file.size(); ++length) {
    EXPECT_FALSE(ParseNpy(file.substr(0, length), {}).ok()) << length;
  }
}

// Whatever one byte is turned into: an error, or a tensor whose shape and bytes
// agree.
TEST(NpyTest, NoByteFlipBreaksTheReader) {
  const std::string file =
      NpyFile({.dtype = DType::kF32, .shape = {2, 3, 1}, .bytes = Floats({1, 2, 3, 4, 5, 6})});
  for (size_t at = 0; at < file.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string hostile = file;
      hostile[at] = static_cast<char>(value);
      const auto tensor = ParseNpy(hostile, {});
      if (!tensor.ok()) continue;
      const auto elements = ElementsOf(tensor->shape, tensor->dtype);
      ASSERT_TRUE(elements.ok());
      ASSERT_EQ(*elements, tensor->elements());
    }
  }
}

TEST(NpyTest, HeaderLengthBeyondTheFileIsAnError) {
  std::string file = File(2, Dictionary("<f4", "False", "(0,)"), "");
  for (size_t i = 8; i < 12; ++i) file[i] = '\xff';
  EXPECT_THAT(ErrorOf(file), HasSubstr("ends within the header"));
}

}  // namespace
}  // namespace activation::cli
