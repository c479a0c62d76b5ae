// What calls meet where the system has no memory for them: a buffer, a list or a row that is not
// to be had ends the call or the item, and nothing else.
#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "inference/grpc_service.pb.h"
#include "server/reply_order.h"
#include "tests/integration/faults.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

// So large that no buffer of another test's is kept for it.
constexpr size_t kLarger = 12 << 20;

// Elements of a long row.
constexpr size_t kRow = 3 << 20;

class NoMemoryTest : public FaultsTest {
 protected:
  // One row of zeros.
  static v1::ForwardRequest OfHalves(const std::string& function, size_t elements) {
    v1::ForwardRequest request = SmallRequest();
    v1::ForwardItem& item = *request.mutable_items(0);
    item.mutable_activation()->set_function(function);
    item.mutable_x()->set_dtype(v1::DTYPE_F16);
    item.mutable_x()->clear_shape();
    item.mutable_x()->add_shape(static_cast<int64_t>(elements));
    item.mutable_x()->set_data(std::string(elements * sizeof(uint16_t), '\0'));
    return request;
  }

  // An item whose result takes the place of x in a region of `bytes`, which `object` holds.
  v1::ForwardItem ItemInPlace(const shared_memory::TestObject& object, size_t bytes) {
    v1::RegisterSharedMemoryRequest registering;
    registering.set_key(object.name());
    registering.set_bytes(bytes);
    v1::RegisterSharedMemoryResponse region;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->RegisterSharedMemory(&context, registering, &region).ok());
    v1::ForwardItem item = SmallRequest().items(0);
    item.mutable_x()->clear_data();
    item.mutable_x()->mutable_shared_memory()->set_region(region.region());
    item.mutable_x()->clear_shape();
    item.mutable_x()->add_shape(static_cast<int64_t>(bytes / sizeof(float)));
    item.mutable_output()->set_region(region.region());
    return item;
  }

  void ServeWithSharedMemory() {
    Config config;
    config.shared_memory.enabled = true;
    Serve(config);
  }

  // Where there is none for buffers of kLarger: asked once, and what needs less goes on.
  template <class Request>
  void ExpectRefusedWithoutMemory(const Request& request) {
    Serve();
    {
      const NoMemory none(kLarger);
      ExpectRefused(Call(request), "memory");
      EXPECT_EQ(NoMemory::failures(), 1U);
      EXPECT_TRUE(IsRight(*stub_));
      EXPECT_TRUE(ReturnsToRest());
    }
    ExpectServesAgain();
  }
};

TEST_F(NoMemoryTest, WithoutMemoryACallIsRefusedAndTheServerLives) {
  Serve();
  {
    const NoMemory none(kLarger);
    ExpectRefused(Call(LargeRequest(kLarger)), "memory");
    EXPECT_EQ(NoMemory::failures(), 1U);
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(ReturnsToRest());
  }
  ExpectServesAgain();
}

TEST_F(NoMemoryTest, WithoutMemoryForManySmallResultsTheCallIsRefused) {
  constexpr size_t kItemBytes = 60 << 10;  // has no buffer of its own
  v1::ForwardRequest request;
  const v1::ForwardItem item = LargeRequest(kItemBytes).items(0);
  while (static_cast<size_t>(request.items_size()) * kItemBytes < kLarger)
    *request.add_items() = item;
  ExpectRefusedWithoutMemory(request);
}

TEST_F(NoMemoryTest, WithoutMemoryForGradientsByWeightsTheCallIsRefused) {
  // Twice as many bytes as weights have, and more than any tensor of the request.
  constexpr size_t kWeights = kLarger / sizeof(double);
  const v1::Tensor weight = MakeTensor(v1::DTYPE_F32, std::vector<float>(kWeights, 0.25F));
  v1::Tensor x = weight;
  x.clear_shape();
  x.add_shape(1);
  x.add_shape(static_cast<int64_t>(kWeights));
  v1::GradientRequest request = Gradient("prelu", x);
  request.mutable_items(0)->set_parameter_gradients(true);
  *request.mutable_items(0)->mutable_weight() = weight;
  ExpectRefusedWithoutMemory(request);
}

// A row of 16 bits is computed in floats: 11 bytes an element beside those of request and reply.
TEST_F(NoMemoryTest, ALongRowCountsForWhatComputingItTakes) {
  Config config;
  config.limits.max_inflight_bytes = 14 * kRow;
  Serve(config);
  EXPECT_TRUE(Call(OfHalves("sigmoid", kRow)).status.ok());
  EXPECT_EQ(Call(OfHalves("softmax", kRow)).status.error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Rejected("too_large"), 1);
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(NoMemoryTest, WithoutMemoryForALongRowTheCallIsRefused) {
  Serve();
  const v1::ForwardRequest request = OfHalves("softmax", kRow);
  Ended refused;
  {
    const NoMemory none(kRow * sizeof(float), NoMemory::Of::kOthers);
    refused = Call(request);
    EXPECT_EQ(NoMemory::failures(), 1U);
  }
  // The work had begun, so nobody is told to try again.
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.pushback, "");
  EXPECT_EQ(Rejected("memory"), 1);
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_TRUE(Call(request).status.ok());
  ExpectServesAgain();
}

// With an item in place beside it, which may have been computed.
TEST_F(NoMemoryTest, WithoutMemoryForALongRowACallInPlaceHasFailed) {
  constexpr size_t kBytes = 4096;
  ServeWithSharedMemory();
  const shared_memory::TestObject object(kBytes);
  v1::ForwardRequest request = OfHalves("softmax", kRow);
  *request.add_items() = ItemInPlace(object, kBytes);
  const NoMemory none(kRow * sizeof(float), NoMemory::Of::kOthers);
  const Ended failed = Call(request);
  EXPECT_EQ(failed.status.error_code(), grpc::StatusCode::INTERNAL)
      << failed.status.error_message();
  EXPECT_EQ(failed.pushback, "");
}

// What the workers divide it by is a list that grows with it.
TEST_F(NoMemoryTest, WithoutMemoryForTheWorkersListsTheCallIsRefused) {
  constexpr size_t kBytes = 48 << 20;
  constexpr size_t kOfLists = 12'000;
  ServeWithSharedMemory();
  // A tensor that arrived in pieces would need longer lists before.
  const shared_memory::TestObject object(kBytes);
  v1::ForwardRequest request;
  *request.add_items() = ItemInPlace(object, kBytes);
  Ended refused;
  {
    const NoMemory none(kOfLists, NoMemory::Of::kOthers);
    refused = Call(request);
    EXPECT_EQ(NoMemory::failures(), 1U);
  }
  // A scrape needs as much.
  ExpectRefused(refused, "memory");
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_EQ(server_->engine().queued(), absl::ZeroDuration());
  EXPECT_TRUE(Call(request).status.ok());
  ExpectServesAgain();
}

TEST_F(NoMemoryTest, WithoutMemoryAnItemFailsAndItsStreamGoesOn) {
  Serve();
  grpc::ClientContext context;
  const auto stream = stub_->Stream(&context);
  v1::StreamResponse response;
  {
    const NoMemory none(kLarger);
    ASSERT_TRUE(stream->Write(ItemOf(1, LargeRequest(kLarger))));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
    EXPECT_GT(response.error().retry_delay_ms(), 0);
  }
  ASSERT_TRUE(stream->Write(ItemOf(2, SmallRequest())));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.id(), 2U);
  EXPECT_EQ(response.error().code(), 0);
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  ExpectServesAgain();
}

TEST_F(NoMemoryTest, WithoutMemoryToTakeAnItemUpItsStreamEnds) {
  Serve();
  const grpc::Slice message(ItemOf(1, SmallRequest()).SerializeAsString());
  const grpc::ByteBuffer item(&message, 1);
  RawStream stream(*channel_, kStreamMethod);
  ASSERT_TRUE(stream.Write(item));
  ASSERT_NE(stream.Read(), "closed");
  grpc::Status status;
  {
    const NoMemory none(sizeof(StreamTask), NoMemory::Of::kOthers);
    ASSERT_TRUE(stream.Write(item));
    EXPECT_EQ(stream.Read(), "closed");
    status = stream.Finish();
    EXPECT_GT(NoMemory::failures(), 0U);
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_THAT(status.error_message(), testing::HasSubstr("no memory"));
  EXPECT_TRUE(stream.SaysWhenToRetry());
  ExpectServesAgain();
}

// An error's reply repeats the id, which is the client's choice.
TEST_F(NoMemoryTest, WithoutMemoryForItsErrorAStreamEndsWithACode) {
  constexpr size_t kId = 1000;
  Serve();
  ::inference::ModelInferRequest request;
  request.set_id(std::string(kId, 'i'));
  request.set_model_name("rely");
  const grpc::Slice message(request.SerializeAsString());
  const grpc::ByteBuffer bytes(&message, 1);
  RawStream stream(*channel_, "/inference.GRPCInferenceService/ModelStreamInfer");
  // A stream that is under way takes less of gRPC than one that begins.
  ASSERT_TRUE(stream.Write(std::string()));
  ASSERT_NE(stream.Read(), "closed");
  grpc::Status status;
  {
    const NoMemory none(kId, NoMemory::Of::kOthers);
    ASSERT_TRUE(stream.Write(bytes));
    EXPECT_EQ(stream.Read(), "closed");
    status = stream.Finish();
    EXPECT_GT(NoMemory::failures(), 0U);
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  ExpectServesAgain();
}

// A text that came in several slices is brought together: its size is the client's choice.
TEST_F(NoMemoryTest, WithoutMemoryForANameAnItemFailsAndItsStreamGoesOn) {
  Serve();
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  const auto stream = stub_->Stream(&context);
  v1::StreamRequest item = ItemOf(1, SmallRequest());
  item.mutable_forward()->mutable_activation()->set_function(std::string(kLarger, 'f'));
  v1::StreamResponse response;
  {
    const NoMemory none(kLarger, NoMemory::Of::kOthers);
    ASSERT_TRUE(stream->Write(item));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(NoMemory::failures(), 1U);
  }
  EXPECT_EQ(response.id(), 1U);
  EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
  EXPECT_GT(response.error().retry_delay_ms(), 0);
  EXPECT_EQ(Rejected("memory"), 1);
  ASSERT_TRUE(stream->Write(ItemOf(2, SmallRequest())));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.id(), 2U);
  EXPECT_EQ(response.error().code(), 0);
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  ExpectServesAgain();
}

}  // namespace
}  // namespace activation
