#include "client/cli/tensor_input.h"

#include <cstdio>

#include "client/cli/file_io.h"
#include "client/cli/npy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string PathOf(const std::string& name) { return ::testing::TempDir() + "/cli_test_" + name; }

std::string Written(const std::string& name, const std::string& contents) {
  EXPECT_TRUE(WriteWhole(PathOf(name), contents).ok());
  return PathOf(name);
}

std::string InputErrorOf(const std::string& argument, const InputOptions& options = {}) {
  return std::string(ReadTensor(argument, options).status().message());
}

TEST(TensorInputTest, NumbersAreF32UnlessSaidOtherwise) {
  const auto tensor = ReadTensor("-1,0", {});
  ASSERT_TRUE(tensor.ok());
  EXPECT_EQ(tensor->tensor.dtype, DType::kF32);
  EXPECT_EQ(tensor->source, Source::kNumbers);
  EXPECT_EQ(ReadTensor("-1", {.dtype = DType::kF64, .shape = {}})->tensor.bytes.size(), 8u);
}

TEST(TensorInputTest, ShapeMustFit) {
  const auto tensor = ReadTensor("1,2,3,4", {.dtype = {}, .shape = {{2, 2}}});
  ASSERT_TRUE(tensor.ok());
  EXPECT_THAT(tensor->tensor.shape, ElementsAre(2, 2));
  EXPECT_THAT(InputErrorOf("1,2,3", {.dtype = {}, .shape = {{2, 2}}}), HasSubstr("3 elements"));
}

TEST(TensorInputTest, RawFilesNeedADType) {
  const std::string path = Written("raw.bin", "\1\2\3\4\5\6");
  EXPECT_THAT(InputErrorOf(path), AllOf(HasSubstr(path), HasSubstr("--dtype")));
  EXPECT_THAT(InputErrorOf(path, {.dtype = DType::kF32, .shape = {}}), HasSubstr("6 bytes"));
  const auto tensor = ReadTensor(path, {.dtype = DType::kF16, .shape = {}});
  ASSERT_TRUE(tensor.ok());
  EXPECT_EQ(tensor->source, Source::kRaw);
  EXPECT_THAT(tensor->tensor.shape, ElementsAre(3));
}

TEST(TensorInputTest, NpyIsKnownByItsBeginningOrItsName) {
  const std::string file = NpyFile({.dtype = DType::kF64, .shape = {1}, .bytes = "12345678"});
  EXPECT_EQ(ReadTensor(Written("unnamed", file), {})->source, Source::kNpy);
  EXPECT_THAT(InputErrorOf(Written("wrong.npy", "no npy")), HasSubstr("not a valid .npy file"));
  EXPECT_THAT(InputErrorOf(Written("empty.npy", "")), HasSubstr("not a valid .npy file"));
}

TEST(TensorInputTest, FileErrorsNameTheFile) {
  EXPECT_THAT(InputErrorOf("/nowhere/x.npy"),
              AllOf(HasSubstr("/nowhere/x.npy"), HasSubstr("No such")));
  EXPECT_THAT(InputErrorOf("/"), HasSubstr("directory"));
}

TEST(TensorInputTest, ShapesAsText) {
  EXPECT_THAT(*ParseShape("2,3"), ElementsAre(2, 3));
  EXPECT_THAT(*ParseShape("2x3x4"), ElementsAre(2, 3, 4));
  EXPECT_THAT(*ParseShape(""), ElementsAre());
  for (const char* text : {"a", "2,", "-1", "2 3x", "99999999999999999999"}) {
    EXPECT_FALSE(ParseShape(text).ok()) << text;
  }
}

}  // namespace
}  // namespace activation::cli
