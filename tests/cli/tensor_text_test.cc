#include "client/cli/tensor_text.h"

#include "client/cli/number_text.h"
#include "client/cli/tensor_output.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

Tensor Counting(const std::vector<int64_t>& shape) {
  Tensor tensor{.dtype = DType::kF32, .shape = shape, .bytes = {}};
  for (int64_t i = 0; i < *ElementsOf(shape, DType::kF32); ++i) {
    const auto value = static_cast<float>(i);
    tensor.bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return tensor;
}

TEST(TensorTextTest, OneNumberALine) {
  EXPECT_EQ(OnePerLine(Counting({2, 2})), "0\n1\n2\n3\n");
  EXPECT_EQ(OnePerLine(Counting({0})), "");
}

TEST(TensorTextTest, BracketsFollowTheShape) {
  EXPECT_EQ(Bracketed(Counting({})), "0\n");
  EXPECT_EQ(Bracketed(Counting({3})), "[0, 1, 2]\n");
  EXPECT_EQ(Bracketed(Counting({2, 2})), "[[0, 1],\n [2, 3]]\n");
  EXPECT_EQ(Bracketed(Counting({0, 3})), "[]\n");
}

TEST(TensorTextTest, LongTensorsAreAbbreviated) {
  EXPECT_EQ(Bracketed(Counting({100}), 10), "[0, 1, 2, ..., 97, 98, 99]\n");
  EXPECT_EQ(Bracketed(Counting({2, 100}), 10),
            "[[0, 1, 2, ..., 97, 98, 99],\n [100, 101, 102, ..., 197, 198, 199]]\n");
  EXPECT_EQ(Bracketed(Counting({100, 1}), 10),
            "[[0],\n [1],\n [2],\n ...,\n [97],\n [98],\n [99]]\n");
}

TEST(TensorTextTest, JsonIsJson) {
  Result result{.activation = {.function = "a\"b", .parameters = {{"slope", 0.25}}},
                .name = "dx",
                .tensor = *ParseNumbers("nan,1e30,-0", DType::kF32),
                .has_parameter_gradients = true,
                .parameter_gradients = {{"slope", -2}},
                .weight_gradient = {0.5, 3}};
  const auto json = nlohmann::json::parse(ResultJson(result));
  EXPECT_EQ(json["function"], "a\"b");
  EXPECT_EQ(json["parameters"]["slope"], 0.25);
  EXPECT_EQ(json["dtype"], "f32");
  EXPECT_EQ(json["shape"], nlohmann::json({3}));
  EXPECT_EQ(json["dx"][0], "NaN");
  EXPECT_EQ(json["dx"][1], 1e30);
  EXPECT_EQ(json["parameter_gradients"]["slope"], -2);
  EXPECT_EQ(json["weight_gradient"], nlohmann::json({0.5, 3}));
}

}  // namespace
}  // namespace activation::cli
