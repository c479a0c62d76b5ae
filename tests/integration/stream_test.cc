// Stream through a real server: order, errors of items, chunks, flow control, and how a
// stream ends.
#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "inference/grpc_service.pb.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

constexpr char kReceived[] =
    R"(grpc_server_msg_received_total{grpc_method="Stream",)"
    R"(grpc_service="activation.v1.ActivationService",grpc_type="bidi_stream"})";

using Sync = grpc::ClientReaderWriter<v1::StreamRequest, v1::StreamResponse>;

v1::StreamRequest Small(uint64_t id) {
  return ItemOf(id, Forward("relu", MakeTensor<float>(v1::DTYPE_F32, {static_cast<float>(id)})));
}

// So many elements, slow to evaluate.
v1::StreamRequest Slow(uint64_t id, size_t elements) {
  return ItemOf(id,
                Forward("gelu", MakeTensor(v1::DTYPE_F64, std::vector<double>(elements, -1.5))));
}

bool IsSmallReply(const v1::StreamResponse& response) {
  const std::vector<float> wanted = {static_cast<float>(response.id())};
  return ValuesOf<float>(response.forward().y()) == wanted;
}

class StreamTest : public ServingTest {
 protected:
  // Opens a stream; a second one on a new context.
  std::unique_ptr<Sync> Open() {
    context_ = std::make_unique<grpc::ClientContext>();
    return stub_->Stream(context_.get());
  }

  std::unique_ptr<grpc::ClientContext> context_;
};

TEST_F(StreamTest, RepliesKeepTheOrderOfTheItems) {
  Serve();
  const auto stream = Open();
  // Large ones go to the workers, small ones are computed at once.
  const std::vector<uint64_t> ids = {7, 3, 3, 9, 1, 0, uint64_t{1} << 63};
  std::thread writing([&] {
    for (const uint64_t id : ids) {
      ASSERT_TRUE(stream->Write(Slow(id, 200000)));
      ASSERT_TRUE(stream->Write(Small(id)));
    }
    stream->WritesDone();
  });
  for (const uint64_t id : ids) {
    v1::StreamResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.id(), id);
    EXPECT_EQ(response.forward().y().shape(0), 200000);
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.id(), id);
    EXPECT_TRUE(IsSmallReply(response));
  }
  writing.join();
  v1::StreamResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(StreamTest, ItemsThatMayOvertakeDo) {
  Serve();
  const auto stream = Open();
  // Whether the small item arrives while the large one is computed is the machine's
  // affair: again until it does.
  EXPECT_TRUE(Eventually([&] {
    v1::StreamRequest small = Small(2);
    small.set_may_overtake(true);
    EXPECT_TRUE(stream->Write(Slow(1, 1000000)));
    EXPECT_TRUE(stream->Write(small));
    v1::StreamResponse first, second;
    EXPECT_TRUE(stream->Read(&first) && stream->Read(&second));
    EXPECT_EQ(first.id() + second.id(), 3u);
    return first.id() == 2;
  }));
}

TEST_F(StreamTest, BadItemFailsAlone) {
  Serve();
  const auto stream = Open();
  v1::StreamRequest unknown = ItemOf(2, Forward("gellu", SmallRequest().items(0).x()));
  unknown.set_more(true);
  v1::StreamRequest shape = Small(3);
  shape.mutable_forward()->mutable_x()->set_shape(0, 2);
  v1::StreamRequest gradient;
  gradient.set_id(4);
  *gradient.mutable_gradient() = Gradient("relu", SmallRequest().items(0).x()).items(0);
  gradient.mutable_gradient()->mutable_dy()->set_dtype(v1::DTYPE_F64);
  v1::StreamRequest nothing;
  nothing.set_id(5);
  for (const auto& item : {Small(1), unknown, shape, gradient, nothing, Small(6)}) {
    ASSERT_TRUE(stream->Write(item));
  }
  stream->WritesDone();
  const auto read = [&stream] {
    v1::StreamResponse response;
    EXPECT_TRUE(stream->Read(&response));
    return response;
  };
  EXPECT_TRUE(IsSmallReply(read()));
  const v1::StreamResponse not_found = read();
  EXPECT_EQ(not_found.id(), 2u);
  EXPECT_TRUE(not_found.more());
  EXPECT_EQ(not_found.error().code(), static_cast<int>(grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(not_found.error().field(), "forward.activation.function");
  EXPECT_THAT(not_found.error().message(), HasSubstr("'gelu'"));
  EXPECT_EQ(read().error().field(), "forward.x.data");
  EXPECT_EQ(read().error().field(), "gradient.dy.dtype");
  const v1::StreamResponse empty = read();
  EXPECT_EQ(empty.error().field(), "item");
  EXPECT_EQ(empty.error().code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(empty.error().retry_delay_ms(), 0);
  EXPECT_TRUE(IsSmallReply(read()));
  EXPECT_TRUE(stream->Finish().ok());
  const std::string items = "activation_stream_items_total";
  EXPECT_EQ(Metric(items + R"({grpc_code="OK",grpc_method="Stream"})"), 2);
  EXPECT_EQ(Metric(items + R"({grpc_code="NotFound",grpc_method="Stream"})"), 1);
  EXPECT_EQ(Metric(items + R"({grpc_code="InvalidArgument",grpc_method="Stream"})"), 3);
  EXPECT_EQ(Metric(kReceived), 6);
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(StreamTest, GradientsHaveTheirParameters) {
  Serve();
  const auto stream = Open();
  v1::StreamRequest item;
  *item.mutable_gradient() =
      Gradient("leaky_relu", MakeTensor<float>(v1::DTYPE_F32, {-1, -2, 3})).items(0);
  item.mutable_gradient()->set_parameter_gradients(true);
  ASSERT_TRUE(stream->Write(item));
  v1::StreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.gradient().parameter_gradients().at("slope"), -3);
  EXPECT_EQ(ValuesOf<float>(response.gradient().dx())[2], 1);
}

TEST_F(StreamTest, ChunksBeyondTheMessageLimitAreOneCallBitForBit) {
  std::vector<float> values(3 << 20);
  for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i)) * 8;
  Serve();
  v1::ForwardResponse whole;
  grpc::ClientContext context;
  const v1::Tensor x = MakeTensor(v1::DTYPE_F32, values);
  ASSERT_TRUE(stub_->Forward(&context, Forward("gelu", x), &whole).ok());

  Config config;
  config.limits.max_message_bytes = 1 << 20;
  Serve(config);
  const auto stream = Open();
  constexpr size_t kChunk = 200000;
  std::thread writing([&] {
    for (size_t begin = 0; begin < values.size(); begin += kChunk) {
      const auto from = values.begin() + static_cast<ptrdiff_t>(begin);
      const size_t count = std::min(kChunk, values.size() - begin);
      v1::StreamRequest chunk = ItemOf(
          5, Forward("gelu",
                     MakeTensor(v1::DTYPE_F32,
                                std::vector<float>(from, from + static_cast<ptrdiff_t>(count)))));
      chunk.set_more(begin + kChunk < values.size());
      chunk.set_may_overtake(true);  // chunks of one tensor keep their order all the same
      ASSERT_TRUE(stream->Write(chunk));
    }
    stream->WritesDone();
  });
  std::string joined;
  v1::StreamResponse response;
  do {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.id(), 5u);
    joined += response.forward().y().data();
  } while (response.more());
  writing.join();
  EXPECT_TRUE(joined == whole.results(0).y().data());
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(StreamTest, MessageOverTheLimitFailsItsItem) {
  Config config;
  config.limits.max_message_bytes = 1 << 20;
  Serve(config);
  const auto stream = Open();
  ASSERT_TRUE(stream->Write(ItemOf(1, LargeRequest((1 << 20) + 4))));
  ASSERT_TRUE(stream->Write(Small(2)));
  v1::StreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.id(), 1u);
  EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
  EXPECT_THAT(response.error().message(), HasSubstr("max_message_bytes"));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(IsSmallReply(response));
}

TEST_F(StreamTest, FullServerFailsTheItemAndSaysWhenToRetry) {
  Config config;
  config.limits.max_inflight_bytes = 100000;
  Serve(config);
  const auto stream = Open();
  v1::StreamResponse response;
  {
    const absl::StatusOr<AdmissionTicket> others = server_->engine().Admit(99990);
    ASSERT_TRUE(others.ok());
    ASSERT_TRUE(stream->Write(Small(1)));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.id(), 1u);
    EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
    EXPECT_GT(response.error().retry_delay_ms(), 0);
  }
  ASSERT_TRUE(stream->Write(Small(2)));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(IsSmallReply(response));
}

TEST_F(StreamTest, ClientThatNeverReadsHoldsABoundedShare) {
  constexpr int64_t kMost = 4 << 20;
  constexpr int64_t kItem = 64 << 10;
  Config config;
  config.limits.max_stream_bytes = kMost;
  Serve(config);
  const auto stream = Open();
  std::thread writing([&stream] {
    const v1::StreamRequest item = ItemOf(1, LargeRequest(kItem));
    while (stream->Write(item)) {
    }
  });
  // The client goes on writing until nobody takes it; then the server has come to rest.
  int64_t greatest = 0;
  double received = 0;
  int quiet = 0;
  EXPECT_TRUE(Eventually([&] {
    greatest = std::max(greatest, static_cast<int64_t>(server_->engine().inflight_bytes()));
    const double now = Metric(kReceived);
    quiet = now == received ? quiet + 1 : 0;
    received = now;
    return quiet == 50 || greatest > 2 * kMost;
  }));
  EXPECT_GE(greatest, kMost);
  EXPECT_LE(greatest, kMost + 3 * kItem);
  // Another client is served.
  EXPECT_TRUE(IsRight(*v1::ActivationService::NewStub(Connect(server_->target()))));
  context_->TryCancel();
  writing.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(StreamTest, ItemsInFlightAreBoundedToo) {
  Config config;
  config.limits.max_stream_items = 3;
  Serve(config);
  const auto stream = Open();
  for (uint64_t id = 1; id <= 100; ++id) ASSERT_TRUE(stream->Write(Small(id)));
  stream->WritesDone();
  v1::StreamResponse response;
  for (uint64_t id = 1; id <= 100; ++id) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.id(), id);
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(StreamTest, DeadlineEndsAnIdleStream) {
  Serve();
  context_ = std::make_unique<grpc::ClientContext>();
  context_->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  const auto stream = stub_->Stream(context_.get());
  v1::StreamResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(StreamTest, DrainAnswersWhatWasReadAndEndsWithUnavailable) {
  Serve();
  const auto stream = Open();
  v1::StreamResponse response;
  ASSERT_TRUE(stream->Write(Small(1)));
  ASSERT_TRUE(stream->Read(&response));
  grpc::ClientContext idle_context;
  const auto idle = stub_->Stream(&idle_context);
  ASSERT_TRUE(idle->Write(Small(1)));
  ASSERT_TRUE(idle->Read(&response));
  ASSERT_TRUE(stream->Write(Slow(2, 1 << 20)));
  // More than the small ones may still hold.
  ASSERT_TRUE(Eventually([this] { return server_->engine().inflight_bytes() > 1 << 20; }));
  std::thread draining([this] { server_->Drain(); });
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.id(), 2u);
  EXPECT_EQ(response.forward().y().shape(0), 1 << 20);
  for (Sync* ended : {stream.get(), idle.get()}) {
    EXPECT_FALSE(ended->Read(&response));
    const grpc::Status status = ended->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message(), "the server is draining");
  }
  draining.join();
}

TEST_F(StreamTest, DrainEndsModelStreamInferLikewise) {
  Serve();
  ::inference::ModelInferRequest request;
  request.set_model_name("relu");
  auto* const input = request.add_inputs();
  input->set_name("x");
  input->set_datatype("FP32");
  input->add_shape(1);
  request.add_raw_input_contents(std::string(sizeof(float), '\0'));
  RawStream idle(*channel_, "/inference.GRPCInferenceService/ModelStreamInfer");
  RawStream fresh(*channel_, "/inference.GRPCInferenceService/ModelStreamInfer");
  ASSERT_TRUE(idle.Write(request.SerializeAsString()));
  ::inference::ModelStreamInferResponse response;
  ASSERT_TRUE(response.ParseFromString(idle.Read()));
  EXPECT_EQ(response.error_message(), "");
  ASSERT_TRUE(Eventually([this] { return server_->metrics().inflight_calls() == 2; }));
  std::thread draining([this] { server_->Drain(); });
  for (RawStream* ended : {&idle, &fresh}) {
    EXPECT_EQ(ended->Read(), "closed");
    const grpc::Status status = ended->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(status.error_message(), "the server is draining");
  }
  draining.join();
}

TEST_F(StreamTest, BytesThatAreNoMessageEndTheStream) {
  Serve();
  RawStream stream(*channel_, kStreamMethod);
  ASSERT_TRUE(stream.Write(Small(1).SerializeAsString()));
  ASSERT_TRUE(stream.Write("\xff\xff garbage"));
  v1::StreamResponse response;
  ASSERT_TRUE(response.ParseFromString(stream.Read()));
  EXPECT_TRUE(IsSmallReply(response));
  EXPECT_EQ(stream.Read(), "closed");
  const grpc::Status status = stream.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("activation.v1.StreamRequest"));
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(StreamTest, ManyStreamsOnOneConnection) {
  Serve();
  constexpr int kStreams = 64;
  constexpr uint64_t kItems = 100;
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int s = 0; s < kStreams; ++s) {
    threads.emplace_back([&] {
      grpc::ClientContext context;
      const auto stream = stub_->Stream(&context);
      for (uint64_t id = 1; id <= kItems; ++id) stream->Write(Small(id));
      stream->WritesDone();
      v1::StreamResponse response;
      uint64_t id = 0;
      while (stream->Read(&response) && response.id() == id + 1 && IsSmallReply(response)) ++id;
      if (id == kItems && stream->Finish().ok()) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kStreams);
  EXPECT_EQ(Metric(kReceived), kStreams * kItems);
  EXPECT_TRUE(ReturnsToRest());
}

}  // namespace
}  // namespace activation
