// Tensors in shared memory, from the request to the reply: what decoding asks of
// slices, where evaluations then read and write, and what the reply says instead of data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "activation/v1/activation.pb.h"
#include "server/wire/decode.h"
#include "server/wire/message.h"
#include "server/wire/reply.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

constexpr size_t kRegionBytes = 4096;

// Knows one region, `r`.
class OneRegion final : public SliceResolver {
 public:
  absl::StatusOr<std::byte*> Resolve(absl::string_view region, uint64_t offset,
                                     size_t bytes) override {
    if (region != "r") return UnknownRegion();
    if (offset > kRegionBytes || bytes > kRegionBytes - offset) {
      return InvalidField("offset", "is not inside");
    }
    return memory_.data() + offset;
  }

  std::byte* at(size_t offset) { return memory_.data() + offset; }

 private:
  std::array<std::byte, kRegionBytes> memory_{};
};

void FillSlice(uint64_t offset, v1::SharedMemorySlice* slice) {
  slice->set_region("r");
  slice->set_offset(offset);
}

v1::Tensor Shared(int64_t count, uint64_t offset) {
  v1::Tensor tensor;
  tensor.set_dtype(v1::DTYPE_F32);
  tensor.add_shape(count);
  FillSlice(offset, tensor.mutable_shared_memory());
  return tensor;
}

v1::Tensor Sent(int64_t count) {
  v1::Tensor tensor;
  tensor.set_dtype(v1::DTYPE_F32);
  tensor.add_shape(count);
  tensor.set_data(std::string(static_cast<size_t>(count) * 4, '\0'));
  return tensor;
}

v1::GradientRequest Request(const std::string& function, v1::Tensor x) {
  v1::GradientRequest request;
  v1::GradientItem* item = request.add_items();
  item->mutable_activation()->set_function(function);
  *item->mutable_x() = std::move(x);
  return request;
}

class SlicesTest : public testing::Test {
 protected:
  absl::StatusOr<Batch> Read(const v1::GradientRequest& request) {
    bytes_ = request.SerializeAsString();
    return Decode(Direction::kGradient, bytes_, Limits(), &region_);
  }

  void ExpectRefused(const v1::GradientRequest& request, const std::string& field) {
    const absl::Status status = Read(request).status();
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(FieldOf(status), field) << status;
  }

  OneRegion region_;
  std::string bytes_;
};

TEST_F(SlicesTest, InputsAndOutputsLieWhereTheRequestSays) {
  v1::GradientRequest request = Request("gelu", Shared(10, 3));
  *request.mutable_items(0)->mutable_dy() = Shared(10, 1000);
  FillSlice(2000, request.mutable_items(0)->mutable_output());
  const absl::StatusOr<Batch> batch = Read(request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const Evaluation& evaluation = batch->evaluations[0];
  EXPECT_EQ(evaluation.x, region_.at(3));
  EXPECT_EQ(evaluation.dy, region_.at(1000));
  EXPECT_EQ(evaluation.out, region_.at(2000));
  EXPECT_EQ(evaluation.count, 10);
  EXPECT_EQ(batch->shared_bytes, 3 * 40);
  EXPECT_EQ(BytesOfResults(*batch), 0);
}

TEST_F(SlicesTest, TheReplyNamesThePlaceInsteadOfData) {
  v1::GradientRequest request = Request("gelu", Shared(10, 0));
  *request.add_items() = request.items(0);
  *request.add_items() = request.items(0);
  FillSlice(300, request.mutable_items(1)->mutable_output());
  absl::StatusOr<Batch> batch = Read(request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  Reply reply(&*batch);
  for (const size_t i : {0, 2}) {
    ASSERT_NE(batch->evaluations[i].out, nullptr);
    std::fill_n(static_cast<char*>(batch->evaluations[i].out), 40, 'a');
  }
  EXPECT_EQ(batch->evaluations[1].out, region_.at(300));
  grpc::ByteBuffer reply_bytes = reply.Finish();
  v1::GradientResponse response;
  ASSERT_TRUE(Parse(&reply_bytes, reply_bytes.Length(), &response).ok());
  EXPECT_EQ(response.results(0).dx().data(), std::string(40, 'a'));
  EXPECT_EQ(response.results(2).dx().data(), std::string(40, 'a'));
  EXPECT_EQ(response.results(1).dx().shared_memory().region(), "r");
  EXPECT_EQ(response.results(1).dx().shared_memory().offset(), 300);
  EXPECT_EQ(response.results(1).dx().shape(0), 10);
}

TEST_F(SlicesTest, ResultsThatGoToNoRegionAreCounted) {
  EXPECT_EQ(BytesOfResults(*Read(Request("gelu", Shared(10, 0)))), 40);
  EXPECT_EQ(BytesOfResults(*Read(Request("gelu", Sent(10)))), 40);
  v1::GradientRequest gated = Request("swiglu", Shared(10, 0));
  *gated.mutable_items(0)->mutable_dy() = Sent(5);
  EXPECT_EQ(BytesOfResults(*Read(gated)), 40);
  v1::GradientRequest several = Request("gelu", Sent(10));
  *several.add_items() = several.items(0);
  FillSlice(0, several.mutable_items(0)->mutable_output());
  EXPECT_EQ(BytesOfResults(*Read(several)), 40);
  several.mutable_items(1)->set_statistics_only(true);
  EXPECT_EQ(BytesOfResults(*Read(several)), 0);
}

TEST_F(SlicesTest, ErrorsNameTheField) {
  ExpectRefused(Request("gelu", Shared(1025, 0)), "items[0].x.shared_memory.offset");
  v1::GradientRequest request = Request("gelu", Shared(10, 0));
  request.mutable_items(0)->mutable_x()->mutable_shared_memory()->set_region("s");
  ExpectRefused(request, "items[0].x.shared_memory.region");
  request = Request("gelu", Shared(10, 0));
  *request.mutable_items(0)->mutable_dy() = Shared(10, 4095);
  ExpectRefused(request, "items[0].dy.shared_memory.offset");
  request = Request("gelu", Shared(10, 0));
  FillSlice(~uint64_t{0}, request.mutable_items(0)->mutable_output());
  ExpectRefused(request, "items[0].output.offset");
  request = Request("prelu", Sent(10));
  *request.mutable_items(0)->mutable_weight() = Shared(1, 4093);
  ExpectRefused(request, "items[0].weight.shared_memory.offset");
}

TEST_F(SlicesTest, OutputsMayBeTheInputButNotOverlapIt) {
  v1::GradientRequest request = Request("gelu", Shared(10, 100));
  *request.mutable_items(0)->mutable_dy() = Shared(10, 200);
  const auto with_output = [&request](uint64_t offset) {
    FillSlice(offset, request.mutable_items(0)->mutable_output());
    return request;
  };
  for (const uint64_t offset : {100, 200, 60, 140, 160, 240}) {
    EXPECT_TRUE(Read(with_output(offset)).ok()) << offset;
  }
  for (const uint64_t offset : {61, 99, 101, 139, 161, 239}) {
    ExpectRefused(with_output(offset), "items[0].output");
  }
  request = Request("softmax", Shared(10, 100));
  ExpectRefused(with_output(100), "items[0].output");
  EXPECT_TRUE(Read(with_output(140)).ok());
}

TEST_F(SlicesTest, WithoutAResolverTheyAreUnimplemented) {
  bytes_ = Request("gelu", Shared(10, 0)).SerializeAsString();
  EXPECT_TRUE(absl::IsUnimplemented(Decode(Direction::kGradient, bytes_, Limits()).status()));
}

TEST_F(SlicesTest, EmptyTensorsNeedARegionToo) {
  EXPECT_TRUE(Read(Request("gelu", Shared(0, kRegionBytes))).ok());
  ExpectRefused(Request("gelu", Shared(0, kRegionBytes + 1)), "items[0].x.shared_memory.offset");
}

}  // namespace
}  // namespace activation::wire
