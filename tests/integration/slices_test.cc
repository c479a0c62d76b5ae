// What a server copies of requests of megabytes, by its own count. Over a channel in
// this process gRPC hands the server the very slices that the client sends; over a
// socket they end where frames and reads happen to.
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "server/activation_service.h"
#include "server/errands.h"
#include "server/inference/inference_service.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

constexpr size_t kTensorElements = size_t{1} << 20;
constexpr size_t kTensorBytes = kTensorElements * sizeof(float);

std::vector<float> Values() {
  std::vector<float> values(kTensorElements);
  for (size_t i = 0; i < kTensorElements; ++i) values[i] = std::sin(static_cast<float>(i)) * 8;
  return values;
}

v1::ForwardRequest Request(const std::string& function) {
  return Forward(function, MakeTensor(v1::DTYPE_F32, Values()));
}

// Without its elements.
::inference::ModelInferRequest InferRequest() {
  ::inference::ModelInferRequest request;
  request.set_model_name("gelu");
  auto* const input = request.add_inputs();
  input->set_name("x");
  input->set_datatype("FP32");
  input->add_shape(kTensorElements);
  return request;
}

class SlicesTest : public testing::Test {
 protected:
  SlicesTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    builder.RegisterService(&inference_);
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
    std::vector<size_t> ends;
    for (size_t end = bytes.size() - kTensorBytes + first; end < bytes.size(); end += size) {
      ends.push_back(end);
    }
    return CutAt(bytes, ends);
  }

  // In slices that end there, and with the last byte.
  grpc::ByteBuffer CutAt(const std::string& bytes, std::vector<size_t> ends) {
    boundaries_ = ends.size();
    ends.push_back(bytes.size());
    std::vector<grpc::Slice> slices;
    size_t begin = 0;
    for (const size_t end : ends) {
      slices.emplace_back(bytes.data() + begin, end - begin);
      begin = end;
    }
    return {slices.data(), slices.size()};
  }

  // The result's bytes, of a request sent in such slices.
  std::string Call(const std::string& function, size_t first, size_t size) {
    return Send(Cut(Request(function), first, size));
  }

  template <class Response>
  Response Send(const char* method, const grpc::ByteBuffer& request) {
    grpc::ByteBuffer answer;
    grpc::ClientContext context;
    const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::NORMAL_RPC);
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall(channel_.get(), rpc, &context, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    Response response;
    EXPECT_TRUE(wire::Parse(&answer, answer.Length(), &response).ok());
    return response;
  }

  std::string Send(const grpc::ByteBuffer& request) {
    const auto response = Send<v1::ForwardResponse>(kForwardMethod, request);
    return response.results_size() == 1 ? response.results(0).y().data() : "";
  }

  std::string Differentiate(const grpc::ByteBuffer& request) {
    const auto response =
        Send<v1::GradientResponse>("/activation.v1.ActivationService/Gradient", request);
    return response.results_size() == 1 ? response.results(0).dx().data() : "";
  }

  std::string Infer(const grpc::ByteBuffer& request) {
    const auto response = Send<::inference::ModelInferResponse>(
        "/inference.GRPCInferenceService/ModelInfer", request);
    return response.raw_output_contents_size() == 1 ? response.raw_output_contents(0) : "";
  }

  // Of slices that end between elements nothing is copied, of others what they split. The
  // request ends with its elements.
  void ExpectInferCopiesOnlyWhatSlicesSplit(const ::inference::ModelInferRequest& request) {
    const std::string whole = Call("gelu", kTensorBytes, 1);
    ASSERT_EQ(whole.size(), kTensorBytes);
    EXPECT_TRUE(Infer(Cut(request, 4096, 16384)) == whole);
    EXPECT_GT(boundaries_, 200u);
    EXPECT_EQ(Copied(), 0u);
    EXPECT_TRUE(Infer(Cut(request, 4097, 16387)) == whole);
    EXPECT_GT(Copied(), 0u);
    EXPECT_LE(Copied(), 8 * boundaries_);
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
  Errands errands_;
  const CallEnvironment environment_{engine_,  metrics_, regions_, replies_,
                                     streams_, errands_, closed_,  ready_};
  ActivationService service_{environment_};
  inference::InferenceService inference_{environment_};
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

TEST_F(SlicesTest, XAndDyOfAGradientAreReadWhereTheyLieThoughCutAtOtherPlaces) {
  v1::GradientRequest request = Gradient("gelu", Request("gelu").items(0).x());
  std::vector<float> values = Values();
  std::reverse(values.begin(), values.end());
  *request.mutable_items(0)->mutable_dy() = MakeTensor(v1::DTYPE_F32, values);
  const std::string bytes = request.SerializeAsString();
  const size_t x = bytes.find(request.items(0).x().data().substr(0, 64));
  const size_t dy = bytes.find(request.items(0).dy().data().substr(0, 64));
  ASSERT_TRUE(x != std::string::npos && dy != std::string::npos && x + kTensorBytes < dy);
  // Slices that end so many bytes into each tensor.
  const auto cut = [&](size_t x_step, size_t dy_step) {
    std::vector<size_t> ends;
    for (size_t at = x_step; at < kTensorBytes; at += x_step) ends.push_back(x + at);
    for (size_t at = dy_step; at < kTensorBytes; at += dy_step) ends.push_back(dy + at);
    return CutAt(bytes, ends);
  };
  const std::string whole = Differentiate(CutAt(bytes, {}));
  ASSERT_EQ(whole.size(), kTensorBytes);
  EXPECT_TRUE(Differentiate(cut(16384, 20480)) == whole);
  EXPECT_GT(boundaries_, 400u);
  EXPECT_EQ(Copied(), 0u);
  // An element that a slice splits is copied, and what the other tensor has for it.
  EXPECT_TRUE(Differentiate(cut(16387, 20479)) == whole);
  EXPECT_GT(Copied(), 0u);
  EXPECT_LE(Copied(), 16 * boundaries_);
}

TEST_F(SlicesTest, RawContentsOfModelInferAreReadWhereTheyLie) {
  ::inference::ModelInferRequest request = InferRequest();
  request.add_raw_input_contents(Request("gelu").items(0).x().data());
  ExpectInferCopiesOnlyWhatSlicesSplit(request);
}

TEST_F(SlicesTest, PackedContentsOfModelInferAreReadWhereTheyLie) {
  ::inference::ModelInferRequest request = InferRequest();
  const std::vector<float> values = Values();
  request.mutable_inputs(0)->mutable_contents()->mutable_fp32_contents()->Assign(values.begin(),
                                                                                 values.end());
  ExpectInferCopiesOnlyWhatSlicesSplit(request);
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
  RawStream stream(*channel_, kStreamMethod);
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
