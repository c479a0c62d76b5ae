// What a server copies of requests of megabytes, by its own count. Over a channel in
// this process gRPC hands the server the very slices that the client sends; over a
// socket they end where frames and reads happen to.
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "server/activation_service.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

constexpr char kStream[] = "/activation.v1.ActivationService/Stream";
constexpr size_t kElements = size_t{1} << 20;
constexpr size_t kTensorBytes = kElements * sizeof(float);

v1::ForwardRequest Request(const std::string& function) {
  std::vector<float> values(kElements);
  for (size_t i = 0; i < kElements; ++i) values[i] = std::sin(static_cast<float>(i)) * 8;
  return Forward(function, MakeTensor(v1::DTYPE_F32, values));
}

class SlicesTest : public testing::Test {
 protected:
  SlicesTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    builder.SetMaxReceiveMessageSize(-1);
    server_ = builder.BuildAndStart();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = server_->InProcessChannel(arguments);
  }

  ~SlicesTest() override { server_->Shutdown(); }

  // A message that ends with a tensor, in slices of `size` bytes but for the first, which
  // ends `first` bytes into the tensor.
  grpc::ByteBuffer Cut(const google::protobuf::MessageLite& message, size_t first, size_t size) {
    const std::string bytes = message.SerializeAsString();
    std::vector<grpc::Slice> slices;
    size_t end = bytes.size() - kTensorBytes + first;
    for (size_t begin = 0; begin < bytes.size(); begin = end, end = begin + size) {
      slices.emplace_back(bytes.data() + begin, std::min(end, bytes.size()) - begin);
    }
    boundaries_ = slices.size() - 1;
    return {slices.data(), slices.size()};
  }

  // The result's bytes, of a request sent in such slices.
  std::string Call(const std::string& function, size_t first, size_t size) {
    return Send(Cut(Request(function), first, size));
  }

  std::string Send(const grpc::ByteBuffer& request) {
    grpc::ByteBuffer answer;
    grpc::ClientContext context;
    const grpc::internal::RpcMethod rpc(kForwardMethod, grpc::internal::RpcMethod::NORMAL_RPC);
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall(channel_.get(), rpc, &context, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    v1::ForwardResponse response;
    EXPECT_TRUE(wire::Parse(&answer, answer.Length(), &response).ok());
    return response.results_size() == 1 ? response.results(0).y().data() : "";
  }

  size_t Count(const std::string& series) const {
    const std::string text = metrics_.Scrape();
    const std::string name = "\n" + series + " ";
    return static_cast<size_t>(std::stod(text.substr(text.find(name) + name.size())));
  }

  size_t Copied() const { return Count("activation_request_copied_bytes_total"); }
  // Calls of which a tensor was copied.
  size_t CallsCopied() const { return Count("activation_stage_seconds_count{stage=\"copy_in\"}"); }

  Engine engine_{EngineOptions()};
  shared_memory::Registry regions_{{}, Limits()};
  Metrics metrics_{engine_, regions_};
  const std::atomic<bool> closed_{false};
  const std::atomic<bool> ready_{true};
  ReplyWatch replies_{absl::ZeroDuration(), nullptr};
  OpenStreams streams_;
  ActivationService service_{{engine_, metrics_, regions_, replies_, streams_, closed_, ready_}};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  size_t boundaries_ = 0;
};

TEST_F(SlicesTest, NothingIsCopiedOfSlicesThatEndBetweenElements) {
  const std::string whole = Call("gelu", kTensorBytes, 1);
  EXPECT_EQ(boundaries_, 0u);
  EXPECT_EQ(Copied(), 0u);
  EXPECT_TRUE(Call("gelu", 4096, 16384) == whole);
  EXPECT_GT(boundaries_, 200u);
  EXPECT_EQ(Copied(), 0u);
  EXPECT_EQ(CallsCopied(), 0u);
}

TEST_F(SlicesTest, OfOthersOnlyTheElementsThatTheySplit) {
  const std::string whole = Call("gelu", kTensorBytes, 1);
  EXPECT_TRUE(Call("gelu", 4097, 16387) == whole);
  EXPECT_GT(Copied(), 0u);
  EXPECT_LE(Copied(), 8 * boundaries_);
}

TEST_F(SlicesTest, ANameInTwoSlicesIsNoTensorCopied) {
  const std::string bytes = Request("gelu").SerializeAsString();
  const size_t in_name = bytes.find("gelu") + 2;
  const grpc::Slice slices[] = {{bytes.data(), in_name},
                                {bytes.data() + in_name, bytes.size() - in_name}};
  EXPECT_EQ(Send({slices, 2}).size(), kTensorBytes);
  EXPECT_EQ(Copied(), 4u);
  EXPECT_EQ(CallsCopied(), 0u);
}

TEST_F(SlicesTest, ARowIsGatheredAndCounted) {
  const std::string whole = Call("softmax", kTensorBytes, 1);
  EXPECT_EQ(Copied(), 0u);
  EXPECT_TRUE(Call("softmax", 4096, 16384) == whole);
  EXPECT_EQ(Copied(), kTensorBytes);
  EXPECT_EQ(CallsCopied(), 1u);
}

TEST_F(SlicesTest, ItemsOfAStreamAreReadWhereTheyLie) {
  const std::string gelu = Call("gelu", kTensorBytes, 1);
  const std::string softmax = Call("softmax", kTensorBytes, 1);
  RawStream stream(*channel_, kStream);
  // Several at once, so that each has to keep its own bytes.
  constexpr uint64_t kItems = 6;
  std::thread writing([&] {
    for (uint64_t id = 1; id <= kItems; ++id) {
      const bool last = id == kItems;
      const v1::StreamRequest item = ItemOf(id, Request(last ? "softmax" : "gelu"));
      ASSERT_TRUE(stream.Write(Cut(item, 4096 + id % 2, 16384 + id % 2)));
    }
  });
  for (uint64_t id = 1; id <= kItems; ++id) {
    v1::StreamResponse response;
    ASSERT_TRUE(response.ParseFromString(stream.Read()));
    EXPECT_EQ(response.id(), id);
    EXPECT_TRUE(response.forward().y().data() == (id == kItems ? softmax : gelu)) << id;
  }
  writing.join();
  EXPECT_GT(boundaries_, 200u);
  // The row, and what slices of an odd length split.
  EXPECT_GT(Copied(), kTensorBytes);
  EXPECT_LE(Copied(), kTensorBytes + 8 * kItems * (boundaries_ + 1));
}

using SocketTest = ServingTest;

TEST_F(SocketTest, ALargeCallOverASocketIsNotCopied) {
  Serve();
  const v1::ForwardRequest request = Request("gelu");
  for (int i = 0; i < 5; ++i) {
    v1::ForwardResponse response;
    grpc::ClientContext context;
    ASSERT_TRUE(stub_->Forward(&context, request, &response).ok());
  }
  // A slice is at least as long as evaluations are cut for: 8 bytes each are 1 in 256.
  EXPECT_LE(Metric("activation_request_copied_bytes_total"), 5.0 * kTensorBytes / 256);
}

TEST_F(SocketTest, NorIsALargeItemOfAStream) {
  Serve();
  const v1::ForwardRequest request = Request("gelu");
  v1::ForwardResponse whole;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Forward(&context, request, &whole).ok());
  grpc::ClientContext stream_context;
  const auto stream = stub_->Stream(&stream_context);
  for (uint64_t id = 1; id <= 5; ++id) {
    v1::StreamResponse response;
    ASSERT_TRUE(stream->Write(ItemOf(id, request)) && stream->Read(&response));
    EXPECT_EQ(response.id(), id);
    EXPECT_TRUE(response.forward().y().data() == whole.results(0).y().data());
  }
  EXPECT_LE(Metric("activation_request_copied_bytes_total"), 6.0 * kTensorBytes / 256);
}

}  // namespace
}  // namespace activation
