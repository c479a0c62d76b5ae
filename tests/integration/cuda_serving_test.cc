// A whole server on a CUDA device, which is a fake one, or on none.
#include "tests/integration/cuda_serving.h"

#include <gmock/gmock.h>

#include "inference/grpc_service.grpc.pb.h"
#include "server/logging.h"
#include "tests/integration/requests.h"

namespace activation {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kElements[] =
    R"(activation_elements_total{backend="cuda",direction="forward",dtype="f32",)"
    R"(function="relu",tier="exact"})";

TEST_F(CudaServingTest, ARequestChoosesItsBackend) {
  ServeOnDevice();
  EXPECT_TRUE(Call(v1::BACKEND_CPU).ok());
  EXPECT_EQ(Metric(kElements), -1);
  EXPECT_TRUE(Call(v1::BACKEND_CUDA).ok());
  EXPECT_EQ(Metric(kElements), 3);
  EXPECT_EQ(Call(static_cast<v1::Backend>(7)).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_GE(Metric(R"(activation_batch_jobs_count{device="0"})"), 1);
  EXPECT_GE(Metric(R"(activation_batch_wait_seconds_count{device="0"})"), 1);
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="0"})"), 1);
  EXPECT_GT(Metric(R"(activation_gpu_memory_bytes{device="0"})"), 0);
  EXPECT_EQ(Metric(R"(activation_build_info{cuda="true",isa=")" + InstructionSet() +
                   R"(",version=")" + Version() + R"("})"),
            1);
}

// Of no channels: there is nothing to divide by and nothing to add.
TEST_F(CudaServingTest, AnEmptyExtentHasNoGradientsByWeights) {
  ServeOnDevice();
  for (const v1::Backend backend : {v1::BACKEND_UNSPECIFIED, v1::BACKEND_CUDA}) {
    v1::Tensor x = MakeTensor<float>(v1::DTYPE_F32, {});
    x.clear_shape();
    for (const int64_t extent : {2, 0, 3}) x.add_shape(extent);
    v1::GradientRequest request = Gradient("prelu", std::move(x));
    request.mutable_items(0)->mutable_activation()->set_backend(backend);
    *request.mutable_items(0)->mutable_weight() = MakeTensor<float>(v1::DTYPE_F32, {});
    request.mutable_items(0)->set_parameter_gradients(true);
    grpc::ClientContext context;
    v1::GradientResponse response;
    const grpc::Status status = stub_->Gradient(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.results(0).dx().data(), "");
  }
}

TEST_F(CudaServingTest, ServerInfoTellsTheDevicesAndTheChoice) {
  ServeOnDevice();
  const v1::GetServerInfoResponse info = Info();
  ASSERT_EQ(info.devices_size(), 2);
  EXPECT_EQ(info.devices(1).backend(), "cuda");
  EXPECT_EQ(info.devices(1).description(), "Fake");
  EXPECT_EQ(info.devices(1).state(), "ready");
  EXPECT_THAT(info.runs_on(), StartsWith("the CPU and CUDA"));
}

// What Prometheus and the log have of devices that do not work.
TEST_F(CudaServingTest, ADeviceThatIsNotUsedIsMissed) {
  StartLogging(LogFormat::kJson, "warning");
  testing::internal::CaptureStderr();
  cuda::Discovery found;
  found.left_out.push_back({{"Broken", 0}, "it does not answer"});
  auto device = std::make_unique<cuda::FakeDevice>(size_t{1} << 30, 1);
  device_ = device.get();
  found.devices.push_back(std::move(device));
  Serve(Config(), std::move(found));
  EXPECT_EQ(Info().devices(2).state(), "left out: it does not answer");
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="0"})"), 0);
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="1"})"), 1);
  EXPECT_EQ(Metric(R"(activation_gpu_memory_bytes{device="0"})"), -1);
  device_->Lose();
  EXPECT_TRUE(Call(v1::BACKEND_CUDA).ok());
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="1"})"), 0);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr(R"("event":"device_left_out","device":0,"name":"Broken",)"
                             R"("message":"it does not answer")"));
  EXPECT_THAT(log, HasSubstr(R"("event":"device_lost","device":1,"name":"Fake",)"
                             R"("message":"the fake device is lost")"));
}

TEST_F(CudaServingTest, ADeviceThatIsLeftOutIsMissedWhereThereIsNoOther) {
  cuda::Discovery found;
  found.left_out.push_back({{"Broken", 4}, "it does not answer"});
  found.why_none = "it does not answer";
  Serve(Config(), std::move(found));
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="4"})"), 0);
  EXPECT_EQ(HttpGet("/metrics").find("activation_batch_jobs"), std::string::npos);
  EXPECT_THAT(HttpGet("/metrics"), HasSubstr(R"(cuda="false")"));
  EXPECT_EQ(Info().runs_on(), "the CPU: no CUDA device: it does not answer");
}

TEST_F(CudaServingTest, OnAutoALostDeviceIsNotNoticedByCallers) {
  ServeOnDevice();
  device_->Lose();
  EXPECT_TRUE(Call(v1::BACKEND_CUDA).ok());
  EXPECT_TRUE(IsReady());
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="0"})"), 0);
  EXPECT_EQ(Metric(R"(activation_cuda_fallbacks_total{device="0",reason="lost"})"), 1);
  EXPECT_THAT(Info().devices(1).state(), StartsWith("lost: "));
  EXPECT_THAT(Info().runs_on(), HasSubstr("the CPU: no CUDA device: it is lost"));
  EXPECT_EQ(Call(v1::BACKEND_CUDA).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Call(v1::BACKEND_UNSPECIFIED).ok());
}

TEST_F(CudaServingTest, ToldCudaALostDeviceTurnsReadinessOff) {
  Config config;
  config.backend = Placement::kCuda;
  ServeOnDevice(config);
  EXPECT_TRUE(Call(v1::BACKEND_UNSPECIFIED).ok());
  EXPECT_TRUE(IsReady());
  device_->Lose();
  EXPECT_EQ(Call(v1::BACKEND_UNSPECIFIED).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(IsReady());
  EXPECT_TRUE(Call(v1::BACKEND_CPU).ok());
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(CudaServingTest, ToldCudaWithoutADeviceItIsNotReady) {
  Config config;
  config.backend = Placement::kCuda;
  Serve(config);
  EXPECT_FALSE(IsReady());
  const grpc::Status status = Call(v1::BACKEND_UNSPECIFIED);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("no CUDA device"));
  EXPECT_TRUE(Call(v1::BACKEND_CPU).ok());
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="0"})"), -1);
}

// What one item meets ends no stream: the next may name another backend's function, or the
// device be back.
TEST_F(CudaServingTest, AnItemOfModelStreamInferWithoutADeviceFailsAlone) {
  Config config;
  config.backend = Placement::kCuda;
  Serve(config);
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
  ::inference::ModelInferRequest request;
  request.set_model_name("relu");
  auto* const input = request.add_inputs();
  input->set_name("x");
  input->set_datatype("FP32");
  input->add_shape(1);
  request.add_raw_input_contents(std::string(sizeof(float), '\0'));
  grpc::ClientContext context;
  const auto stream = stub->ModelStreamInfer(&context);
  for (const char* const id : {"one", "two"}) {
    request.set_id(id);
    ::inference::ModelStreamInferResponse response;
    ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
    EXPECT_THAT(response.error_message(), HasSubstr("no CUDA device"));
    EXPECT_EQ(response.infer_response().id(), id);
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

// Whose tensor came in many slices is evaluated in many parts, and is one item all the same.
TEST_F(CudaServingTest, AnErrorOfPlacementNamesTheItem) {
  ServeOnDevices(Config(), {0, 1});
  v1::ForwardRequest request = LargeRequest(4 << 20);
  *request.add_items() = SmallRequest().items(0);
  v1::ForwardItem* const last = request.mutable_items(1);
  last->mutable_x()->mutable_shared_memory()->set_region(Region(0, 12));
  const std::string other = Region(1, 12);
  last->mutable_output()->set_region(other);
  v1::ForwardResponse response;
  grpc::ClientContext calling;
  const grpc::Status two = stub_->Forward(&calling, request, &response);
  EXPECT_EQ(two.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(two.error_message(), StartsWith("items[1]: "));
  last->clear_output();
  last->set_statistics(true);
  grpc::ClientContext measuring;
  const grpc::Status statistics = stub_->Forward(&measuring, request, &response);
  EXPECT_EQ(statistics.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(statistics.error_message(), StartsWith("items[1].statistics: "));

  grpc::ClientContext streaming;
  const auto stream = stub_->Stream(&streaming);
  v1::StreamRequest item;
  *item.mutable_forward() = *last;
  ASSERT_TRUE(stream->Write(item));
  v1::StreamResponse reply;
  ASSERT_TRUE(stream->Read(&reply));
  EXPECT_EQ(reply.error().field(), "forward.statistics");
  item.mutable_gradient()->mutable_activation()->set_function("relu");
  *item.mutable_gradient()->mutable_x() = last->x();
  item.mutable_gradient()->mutable_output()->set_region(other);
  ASSERT_TRUE(stream->Write(item));
  ASSERT_TRUE(stream->Read(&reply));
  EXPECT_EQ(reply.error().field(), "gradient");
  streaming.TryCancel();
  stream->Finish();
}

TEST_F(CudaServingTest, ADeviceHasItsNumberEverywhere) {
  ServeOnDevice(Config(), 3);
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="3"})"), 1);
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="0"})"), -1);
  v1::RegisterSharedMemoryRequest request;
  request.set_cuda_ipc_handle(device_->Export(24));
  request.set_bytes(24);
  request.set_cuda_device(3);
  v1::RegisterSharedMemoryResponse region;
  grpc::ClientContext context;
  EXPECT_TRUE(stub_->RegisterSharedMemory(&context, request, &region).ok());
}

TEST_F(CudaServingTest, OpenInferenceNamesADevicesMemory) {
  ServeOnDevices(Config(), {0, 1});
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
  const std::string handle = device_->Export(24);
  const std::vector<float> x = {-1, 0, 2.5};
  std::memcpy(device_->Exported(handle), x.data(), 12);
  ::inference::CudaSharedMemoryRegisterRequest request;
  request.set_name("mine");
  request.set_raw_handle(handle);
  request.set_byte_size(24);
  ::inference::CudaSharedMemoryRegisterResponse registered;
  grpc::ClientContext registering;
  ASSERT_TRUE(stub->CudaSharedMemoryRegister(&registering, request, &registered).ok());
  ::inference::CudaSharedMemoryStatusResponse status;
  grpc::ClientContext asking;
  ASSERT_TRUE(stub->CudaSharedMemoryStatus(&asking, {}, &status).ok());
  ASSERT_EQ(status.regions().count("mine"), 1U);
  EXPECT_EQ(status.regions().at("mine").byte_size(), 24U);
  ::inference::ServerMetadataResponse metadata;
  grpc::ClientContext describing;
  ASSERT_TRUE(stub->ServerMetadata(&describing, {}, &metadata).ok());
  EXPECT_THAT(metadata.extensions(), testing::Contains("cuda_shared_memory"));
  ::inference::ModelInferRequest infer;
  infer.set_model_name("relu");
  const auto place = [](auto* tensor, int64_t offset) {
    auto& parameters = *tensor->mutable_parameters();
    parameters["shared_memory_region"].set_string_param("mine");
    parameters["shared_memory_byte_size"].set_int64_param(12);
    parameters["shared_memory_offset"].set_int64_param(offset);
  };
  auto* const input = infer.add_inputs();
  input->set_name("x");
  input->set_datatype("FP32");
  input->add_shape(3);
  place(input, 0);
  auto* const output = infer.add_outputs();
  output->set_name("y");
  place(output, 12);
  ::inference::ModelInferResponse reply;
  grpc::ClientContext inferring;
  const grpc::Status inferred = stub->ModelInfer(&inferring, infer, &reply);
  ASSERT_TRUE(inferred.ok()) << inferred.error_message();
  std::vector<float> y(3);
  std::memcpy(y.data(), device_->Exported(handle) + 12, 12);
  EXPECT_EQ(y, std::vector<float>({0, 0, 2.5}));
  request.set_name("other");
  request.set_raw_handle(devices_[1]->Export(24));
  request.set_device_id(1);
  grpc::ClientContext registering_other;
  ASSERT_TRUE(stub->CudaSharedMemoryRegister(&registering_other, request, &registered).ok());
  (*output->mutable_parameters())["shared_memory_region"].set_string_param("other");
  grpc::ClientContext refused;
  const grpc::Status two_devices = stub->ModelInfer(&refused, infer, &reply);
  EXPECT_EQ(two_devices.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(two_devices.error_message(), StartsWith("inputs: "));
  ::inference::CudaSharedMemoryUnregisterResponse ended;
  grpc::ClientContext ending;
  ASSERT_TRUE(stub->CudaSharedMemoryUnregister(&ending, {}, &ended).ok());
  EXPECT_EQ(device_->opened(), 0U);
}

}  // namespace
}  // namespace activation
