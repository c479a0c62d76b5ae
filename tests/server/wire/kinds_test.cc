// What decoding asks of functions that are not elementwise, and what it makes room
// for in the reply.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "activation/v1/activation.pb.h"
#include "server/wire/decode.h"
#include "server/wire/message.h"
#include "server/wire/reply.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void Fill(const std::vector<int64_t>& shape, v1::Tensor* tensor) {
  size_t count = 1;
  for (const int64_t extent : shape) {
    tensor->add_shape(extent);
    count *= static_cast<size_t>(extent);
  }
  tensor->set_dtype(v1::DTYPE_F32);
  tensor->set_data(std::string(count * 4, '\0'));
}

v1::GradientRequest Request(const std::string& function, const std::vector<int64_t>& shape) {
  v1::GradientRequest request;
  v1::GradientItem* item = request.add_items();
  item->mutable_activation()->set_function(function);
  Fill(shape, item->mutable_x());
  return request;
}

v1::GradientItem& First(v1::GradientRequest& request) { return *request.mutable_items(0); }

// The same item of a ForwardRequest.
std::string AsForward(const v1::GradientRequest& request) {
  v1::ForwardRequest forward;
  v1::ForwardItem* item = forward.add_items();
  *item->mutable_activation() = request.items(0).activation();
  *item->mutable_x() = request.items(0).x();
  if (request.items(0).has_weight()) *item->mutable_weight() = request.items(0).weight();
  return forward.SerializeAsString();
}

absl::Status DecodedStatus(const v1::GradientRequest& request) {
  return Decode(Direction::kGradient, request.SerializeAsString(), {}).status();
}

void ExpectRefused(const v1::GradientRequest& request, const std::string& field,
                   const std::string& problem) {
  const absl::Status status = DecodedStatus(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(FieldOf(status), field) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(problem));
}

TEST(KindsTest, AGatedFunctionHalvesItsAxis) {
  v1::GradientRequest request = Request("swiglu", {3, 4, 5});
  (*First(request).mutable_activation()->mutable_parameters())["axis"] = 1;
  const std::string bytes = AsForward(request);
  absl::StatusOr<Batch> batch = Decode(Direction::kForward, bytes, {});
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_THAT(batch->shapes[0], ElementsAre(3, 2, 5));
  EXPECT_EQ(batch->evaluations[0].layout.outer, 3u);
  EXPECT_EQ(batch->evaluations[0].layout.extent, 4u);
  EXPECT_EQ(batch->evaluations[0].layout.inner, 5u);
  Reply reply(&*batch);
  grpc::ByteBuffer buffer = reply.Finish();
  v1::ForwardResponse response;
  ASSERT_TRUE(Parse(&buffer, buffer.Length(), &response).ok());
  EXPECT_EQ(response.results(0).y().data().size(), 120u);
  EXPECT_THAT(response.results(0).y().shape(), ElementsAre(3, 2, 5));
}

TEST(KindsTest, DyHasTheShapeOfY) {
  v1::GradientRequest request = Request("glu", {2, 6});
  Fill({2, 3}, First(request).mutable_dy());
  EXPECT_EQ(DecodedStatus(request), absl::OkStatus());
  First(request).clear_dy();
  Fill({2, 6}, First(request).mutable_dy());
  ExpectRefused(request, "items[0].dy.shape", "must be the shape of y, [2,3]");
  request = Request("glu", {1, 1, 1, 1, 1, 1, 1, 1, 2});
  Fill({1}, First(request).mutable_dy());
  ExpectRefused(request, "items[0].dy.shape", "[1,1,1,1,1,1,1,1,...] of 9 extents");
}

TEST(KindsTest, AxesThatXDoesNotHaveAreRefused) {
  for (const std::string function : {"softmax", "glu"}) {
    for (const double axis : {2.0, -3.0}) {
      v1::GradientRequest request = Request(function, {2, 4});
      (*First(request).mutable_activation()->mutable_parameters())["axis"] = axis;
      ExpectRefused(request, "items[0].activation.parameters[\"axis\"]", "[-2, 1]");
    }
    v1::GradientRequest fraction = Request(function, {2, 4});
    (*First(fraction).mutable_activation()->mutable_parameters())["axis"] = 0.5;
    ExpectRefused(fraction, "items[0].activation.parameters[\"axis\"]", "no whole number");
  }
  ExpectRefused(Request("reglu", {2, 5}), "items[0].x.shape", "even");
  ExpectRefused(Request("reglu", {}), "items[0].x.shape", "even");
  EXPECT_EQ(DecodedStatus(Request("softmax", {})), absl::OkStatus());
}

TEST(KindsTest, EmptyTensorsAreValid) {
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{0, 4}, {4, 0}}) {
    EXPECT_EQ(DecodedStatus(Request("softmax", shape)), absl::OkStatus());
    EXPECT_EQ(DecodedStatus(Request("glu", shape)), absl::OkStatus());
    v1::GradientRequest prelu = Request("prelu", shape);
    Fill({1}, First(prelu).mutable_weight());
    EXPECT_EQ(DecodedStatus(prelu), absl::OkStatus());
  }
}

TEST(KindsTest, WeightsAreRequiredThereAndNowhereElse) {
  v1::GradientRequest request = Request("prelu", {2, 3, 4});
  ExpectRefused(request, "items[0].weight", "required");
  for (const std::vector<int64_t>& good : {std::vector<int64_t>{3}, {1}, {}, {3, 1}}) {
    First(request).clear_weight();
    Fill(good, First(request).mutable_weight());
    EXPECT_EQ(DecodedStatus(request), absl::OkStatus());
  }
  First(request).clear_weight();
  Fill({4}, First(request).mutable_weight());
  ExpectRefused(request, "items[0].weight.shape", "3 channels");
  v1::GradientRequest one = Request("prelu", {2, 1, 4});
  Fill({4}, First(one).mutable_weight());
  ExpectRefused(one, "items[0].weight.shape", "1 channel, which takes one");
  First(request).mutable_weight()->set_dtype(v1::DTYPE_F64);
  ExpectRefused(request, "items[0].weight.dtype", "dtype of x");
  First(request).mutable_weight()->set_dtype(v1::DTYPE_F32);
  First(request).mutable_weight()->set_data("short");
  ExpectRefused(request, "items[0].weight.data", "5 bytes");
  v1::GradientRequest relu = Request("relu", {2});
  Fill({1}, First(relu).mutable_weight());
  ExpectRefused(relu, "items[0].weight", "relu takes no weights");
}

TEST(KindsTest, GradientsByWeightsComeBackWhereAskedFor) {
  v1::GradientRequest request = Request("prelu", {2, 3});
  Fill({3}, First(request).mutable_weight());
  for (const bool asked : {false, true}) {
    First(request).set_parameter_gradients(asked);
    const std::string bytes = request.SerializeAsString();
    absl::StatusOr<Batch> batch = Decode(Direction::kGradient, bytes, {});
    ASSERT_TRUE(batch.ok()) << batch.status();
    EXPECT_EQ(BytesOfResults(*batch), 6 * sizeof(float) + (asked ? 3 * sizeof(double) : 0));
    Reply reply(&*batch);
    if (asked) {
      const std::vector<double> sums(3, 0.5);
      std::memcpy(batch->evaluations[0].weight_gradient, sums.data(), 3 * sizeof(double));
    }
    grpc::ByteBuffer buffer = reply.Finish();
    v1::GradientResponse response;
    ASSERT_TRUE(Parse(&buffer, buffer.Length(), &response).ok());
    ASSERT_EQ(response.results(0).has_weight_gradient(), asked);
    if (!asked) continue;
    const v1::Tensor& gradient = response.results(0).weight_gradient();
    EXPECT_EQ(gradient.dtype(), v1::DTYPE_F64);
    EXPECT_THAT(gradient.shape(), ElementsAre(3));
    ASSERT_EQ(gradient.data().size(), 3 * sizeof(double));
    double value;
    std::memcpy(&value, gradient.data().data(), sizeof(value));
    EXPECT_EQ(value, 0.5);
  }
}

TEST(KindsTest, StatisticsAreOfElementwiseFunctions) {
  for (const char* const function : {"softmax", "glu", "prelu"}) {
    v1::GradientRequest request = Request(function, {2, 4});
    First(request).set_statistics(true);
    ExpectRefused(request, "items[0].statistics", function);
    v1::ForwardRequest forward;
    ASSERT_TRUE(forward.ParseFromString(AsForward(request)));
    forward.mutable_items(0)->set_statistics(true);
    const absl::Status status =
        Decode(Direction::kForward, forward.SerializeAsString(), {}).status();
    EXPECT_EQ(FieldOf(status), "items[0].statistics") << status;
    First(request).clear_statistics();
    First(request).set_statistics_only(true);
    ExpectRefused(request, "items[0].statistics_only", function);
  }
}

TEST(KindsTest, StatisticsAloneHaveNoOutput) {
  v1::GradientRequest request = Request("gelu", {2, 4});
  First(request).set_statistics_only(true);
  First(request).mutable_output()->set_region("r");
  ExpectRefused(request, "items[0].output", "statistics_only");
}

}  // namespace
}  // namespace activation::wire
