// Whatever a client sends, it gets a clear status, and the next call is right.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HostileTest : public ServingTest {
 protected:
  void SetUp() override {
    Config config;
    config.limits.max_message_bytes = 1 << 20;
    config.limits.max_items = 100;
    Serve(config);
  }

  void TearDown() override {
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(ReturnsToRest());
  }

  grpc::Status Send(const v1::ForwardRequest& request) {
    grpc::ClientContext context;
    v1::ForwardResponse response;
    return stub_->Forward(&context, request, &response);
  }

  // INVALID_ARGUMENT (or `code`) with the field in message and details.
  void ExpectRefused(const v1::ForwardRequest& request, const std::string& field,
                     grpc::StatusCode code = grpc::StatusCode::INVALID_ARGUMENT) {
    const grpc::Status status = Send(request);
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(field));
    google::rpc::BadRequest details;
    ASSERT_EQ(DetailsOf(status).details_size(), 1);
    ASSERT_TRUE(DetailsOf(status).details(0).UnpackTo(&details));
    EXPECT_EQ(details.field_violations(0).field(), field);
  }
};

TEST_F(HostileTest, UnknownFunctionGetsTheNearestNames) {
  const v1::ForwardRequest request = Forward("gellu", SmallRequest().items(0).x());
  ExpectRefused(request, "items[0].activation.function", grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(Send(request).error_message(), HasSubstr("'gelu'"));
}

TEST_F(HostileTest, EveryBadFieldIsNamed) {
  v1::ForwardRequest request = SmallRequest();
  request.mutable_items(0)->mutable_x()->mutable_data()->pop_back();
  ExpectRefused(request, "items[0].x.data");

  request = SmallRequest();
  request.mutable_items(0)->mutable_x()->set_shape(0, int64_t{1} << 62);
  request.mutable_items(0)->mutable_x()->add_shape(4);
  ExpectRefused(request, "items[0].x.shape");

  request = SmallRequest();
  *request.add_items() = request.items(0);
  request.mutable_items(1)->mutable_x()->set_shape(0, -3);
  ExpectRefused(request, "items[1].x.shape");

  request = SmallRequest();
  for (int i = 0; i < 1000; ++i) request.mutable_items(0)->mutable_x()->add_shape(1);
  ExpectRefused(request, "items[0].x.shape");

  request = SmallRequest();
  request.mutable_items(0)->mutable_x()->clear_dtype();
  ExpectRefused(request, "items[0].x.dtype");

  request = SmallRequest();
  request.mutable_items(0)->clear_x();
  ExpectRefused(request, "items[0].x");

  request = SmallRequest();
  request.mutable_items(0)->clear_activation();
  ExpectRefused(request, "items[0].activation");
}

TEST_F(HostileTest, EveryBadParameterIsNamed) {
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300}) {
    v1::ForwardRequest request = Forward("swish", SmallRequest().items(0).x());
    (*request.mutable_items(0)->mutable_activation()->mutable_parameters())["beta"] = value;
    ExpectRefused(request, "items[0].activation.parameters[\"beta\"]");
  }
  v1::ForwardRequest request = SmallRequest();
  (*request.mutable_items(0)->mutable_activation()->mutable_parameters())["alpha"] = 1;
  ExpectRefused(request, "items[0].activation.parameters[\"alpha\"]");
}

// Told whole it would be more than clients take of a reply's headers.
TEST_F(HostileTest, OfAShapeOfManyExtentsTheFirstAreTold) {
  Config config;
  config.limits.max_rank = 1024;
  Serve(config);
  v1::ForwardRequest request = SmallRequest();
  v1::Tensor& x = *request.mutable_items(0)->mutable_x();
  x.clear_shape();
  for (int i = 0; i < 400; ++i) x.add_shape(int64_t{1} << 62);
  ExpectRefused(request, "items[0].x.shape");
  EXPECT_THAT(Send(request).error_message(), HasSubstr(",...] of 400 extents has too many"));
}

TEST_F(HostileTest, BatchesOfNoneOrTooManyItems) {
  ExpectRefused({}, "items");
  v1::ForwardRequest request;
  for (int i = 0; i < 101; ++i) *request.add_items() = SmallRequest().items(0);
  ExpectRefused(request, "items");
}

TEST_F(HostileTest, OversizeMessage) {
  const grpc::Status above = Send(LargeRequest((1 << 20) + 4));
  EXPECT_EQ(above.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(above.error_message(), HasSubstr("items: "));
  EXPECT_THAT(above.error_message(), HasSubstr("max_message_bytes"));
  // Far above, gRPC refuses to read it.
  EXPECT_EQ(Send(LargeRequest(8 << 20)).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// Of a gradient by weights the reply has other tensors than the request: x and dy become dx, each
// weight a double.
TEST_F(HostileTest, AReplyIsAsLargeAsWhatItCarries) {
  const auto call = [this](v1::DType dtype, int64_t rows, int64_t channels) {
    const size_t row = static_cast<size_t>(channels) * (dtype == v1::DTYPE_F32 ? 4 : 2);
    v1::Tensor x;
    x.set_dtype(dtype);
    x.add_shape(rows);
    x.add_shape(channels);
    x.set_data(std::string(static_cast<size_t>(rows) * row, '\0'));
    v1::GradientRequest request = Gradient("prelu", x);
    v1::GradientItem* const item = request.mutable_items(0);
    *item->mutable_dy() = x;
    item->mutable_weight()->set_dtype(dtype);
    item->mutable_weight()->add_shape(channels);
    item->mutable_weight()->set_data(std::string(row, '\0'));
    item->set_parameter_gradients(true);
    EXPECT_LT(request.ByteSizeLong(), size_t{1} << 20);
    grpc::ClientContext context;
    v1::GradientResponse response;
    return stub_->Gradient(&context, request, &response);
  };
  const grpc::Status smaller = call(v1::DTYPE_F32, 3, 32 << 10);
  EXPECT_TRUE(smaller.ok()) << smaller.error_message();
  const grpc::Status larger = call(v1::DTYPE_F16, 1, 128 << 10);
  EXPECT_EQ(larger.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(larger.error_message(), HasSubstr("the message has 1310720 bytes"));
}

TEST_F(HostileTest, CompressedMessage) {
  // A thousand times its size once inflated: refused before it is.
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::ForwardResponse response;
  const grpc::Status status = stub_->Forward(&context, LargeRequest(64 << 20), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
  EXPECT_THAT(status.error_message(), HasSubstr("gzip"));
}

TEST_F(HostileTest, GarbageBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const grpc::Status status = CallRaw(*channel_, kForwardMethod, bytes);
    // Bytes may happen to be a message, of no or of strange items.
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  }
  const grpc::Status status = CallRaw(*channel_, kForwardMethod, "\xff\xff garbage");
  EXPECT_THAT(status.error_message(), HasSubstr("activation.v1.ForwardRequest"));
}

// Of every method that carries no tensors: its name, and its request's.
std::vector<std::pair<std::string, std::string>> FixedMethods() {
  std::vector<std::pair<std::string, std::string>> methods;
  for (const char* const name :
       {"activation.v1.ActivationService", "inference.GRPCInferenceService"}) {
    const google::protobuf::ServiceDescriptor* const service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& method = *service->method(i);
      const bool computes = method.name() == "Forward" || method.name() == "Gradient" ||
                            method.name() == "ModelInfer";
      if (method.client_streaming() || computes) continue;
      methods.emplace_back("/" + service->full_name() + "/" + method.name(),
                           method.input_type()->full_name());
    }
  }
  return methods;
}

// Fields that no message knows, two bytes each: protobuf would keep some 30 times as many.
std::string UnknownFields(size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::string("\x7a\x00", 2);
  return text;
}

TEST_F(HostileTest, LargeRequestsWithoutTensorsAreNotParsed) {
  EXPECT_EQ(FixedMethods().size(), 5U + 18U);
  for (const auto& [method, request] : FixedMethods()) {
    SCOPED_TRACE(method);
    grpc::Status status =
        CallRaw(*channel_, method.c_str(), UnknownFields(kMaxFixedRequestBytes + 2));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
    EXPECT_EQ(status.error_message(),
              "the request has 65538 bytes; at most 65536 are taken of " + request);
    // What is no message would be found by parsing.
    status = CallRaw(*channel_, method.c_str(), std::string(1 << 20, '\xff'));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
    status = CallRaw(*channel_, method.c_str(), UnknownFields(kMaxFixedRequestBytes));
    EXPECT_NE(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_NE(status.error_message(), "the request's bytes are no valid " + request);
    status = CallRaw(*channel_, method.c_str(), "\xff garbage");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(status.error_message(), "the request's bytes are no valid " + request);
  }
}

// Those with tensors are read by the server's own reader, which keeps nothing of such fields.
TEST_F(HostileTest, UnknownFieldsBesideTensorsAreNotKept) {
  for (const char* const method : {kForwardMethod, "/activation.v1.ActivationService/Gradient",
                                   "/inference.GRPCInferenceService/ModelInfer"}) {
    const grpc::Status status = CallRaw(*channel_, method, UnknownFields(1 << 20));
    EXPECT_NE(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << method;
    EXPECT_FALSE(status.ok()) << method;
  }
}

class HostileInferTest : public HostileTest {
 protected:
  using Reply = ::inference::ModelInferResponse;

  static ::inference::ModelInferRequest Request() {
    ::inference::ModelInferRequest request;
    request.set_model_name("relu");
    auto* const input = request.add_inputs();
    input->set_name("x");
    input->set_datatype("FP32");
    input->add_shape(1);
    request.add_raw_input_contents(std::string(sizeof(float), '\0'));
    return request;
  }

  grpc::Status Infer(const ::inference::ModelInferRequest& request, Reply* reply) {
    grpc::ClientContext context;
    return Stub()->ModelInfer(&context, request, reply);
  }

  std::unique_ptr<::inference::GRPCInferenceService::Stub> Stub() {
    return ::inference::GRPCInferenceService::NewStub(channel_);
  }
};

// The reply repeats it, and nothing has admitted that.
TEST_F(HostileInferTest, AnIdIsNoPlaceForMegabytes) {
  ::inference::ModelInferRequest request = Request();
  request.set_id(std::string(kMaxRequestIdBytes, 'i'));
  Reply reply;
  ASSERT_TRUE(Infer(request, &reply).ok());
  EXPECT_EQ(reply.id(), request.id());
  for (const size_t size : {kMaxRequestIdBytes + 1, size_t{500'000}}) {
    request.set_id(std::string(size, 'i'));
    const grpc::Status status = Infer(request, &reply);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << size;
    EXPECT_EQ(status.error_message(),
              "id: has " + std::to_string(size) + " bytes, above the limit of 1024");
  }
}

// Nor does an error of a stream.
TEST_F(HostileInferTest, AnIdThatIsTooLongIsNotRepeatedByAnError) {
  ::inference::ModelInferRequest request = Request();
  request.set_id(std::string(kMaxRequestIdBytes + 1, 'i'));
  grpc::ClientContext context;
  const auto stub = Stub();
  const auto stream = stub->ModelStreamInfer(&context);
  ::inference::ModelStreamInferResponse response;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_THAT(response.error_message(), HasSubstr("id: has 1025 bytes"));
  EXPECT_EQ(response.infer_response().id(), "");
  request.set_id("an id");
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_EQ(response.error_message(), "");
  EXPECT_EQ(response.infer_response().id(), "an id");
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

// `items` is no field of the protocol.
TEST_F(HostileInferTest, SizesAreRefusedByTheProtocolsNames) {
  Config config;
  config.limits.max_inflight_bytes = 1000;
  Serve(config);
  ::inference::ModelInferRequest request = Request();
  request.set_raw_input_contents(0, std::string(2000, '\0'));
  request.set_id("an id");
  Reply reply;
  const grpc::Status status = Infer(request, &reply);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), StartsWith("raw_input_contents: the call needs "));
  grpc::ClientContext context;
  const auto stub = Stub();
  const auto stream = stub->ModelStreamInfer(&context);
  ::inference::ModelStreamInferResponse response;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_THAT(response.error_message(), StartsWith("raw_input_contents: the call needs "));
  EXPECT_EQ(response.infer_response().id(), "an id");
  request.set_id(std::string(kMaxRequestIdBytes + 1, 'i'));
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_THAT(response.error_message(), StartsWith("raw_input_contents: the call needs "));
  EXPECT_EQ(response.infer_response().id(), "");
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(HostileTest, NamesThatAreNotUtf8) {
  // items[0].activation.function = "\xff\xfe".
  const grpc::Status status =
      CallRaw(*channel_, kForwardMethod, std::string("\x0a\x06\x0a\x04\x0a\x02\xff\xfe"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
}

TEST_F(HostileTest, UnknownMethod) {
  const grpc::Status status = CallRaw(*channel_, "/activation.v1.ActivationService/Nope", "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace activation
