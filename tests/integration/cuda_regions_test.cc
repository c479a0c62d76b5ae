// Regions of shared memory on a server with a CUDA device, which is a fake one.
#include <gmock/gmock.h>

#include <utility>
#include <vector>

#include "tests/integration/cuda_serving.h"
#include "tests/integration/requests.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

using testing::StartsWith;

TEST_F(CudaServingTest, RegisteredMemoryIsPinnedWhileItIs) {
  ServeOnDevice();
  shared_memory::TestObject object(8000);
  const size_t before = device_->pinned_ranges();
  v1::RegisterSharedMemoryRequest request;
  request.set_key(object.name());
  request.set_bytes(8000);
  v1::RegisterSharedMemoryResponse region;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->RegisterSharedMemory(&context, request, &region).ok());
  EXPECT_EQ(device_->pinned_ranges(), before + 1);
  v1::UnregisterSharedMemoryRequest end;
  end.set_region(region.region());
  v1::UnregisterSharedMemoryResponse ended;
  grpc::ClientContext ending;
  ASSERT_TRUE(stub_->UnregisterSharedMemory(&ending, end, &ended).ok());
  EXPECT_EQ(device_->pinned_ranges(), before);
}

TEST_F(CudaServingTest, TensorsInADevicesMemoryStayThere) {
  ServeOnDevice();
  const std::string handle = device_->Export(24);
  const std::vector<float> x = {-1, 0, 2.5};
  std::memcpy(device_->Exported(handle), x.data(), 12);
  v1::RegisterSharedMemoryRequest request;
  request.set_cuda_ipc_handle(handle);
  request.set_bytes(24);
  v1::RegisterSharedMemoryResponse region;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->RegisterSharedMemory(&context, request, &region).ok());
  v1::ForwardRequest call = SmallRequest();
  call.mutable_items(0)->mutable_x()->mutable_shared_memory()->set_region(region.region());
  call.mutable_items(0)->mutable_output()->set_region(region.region());
  call.mutable_items(0)->mutable_output()->set_offset(12);
  v1::ForwardResponse response;
  grpc::ClientContext calling;
  const grpc::Status status = stub_->Forward(&calling, call, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::vector<float> y(3);
  std::memcpy(y.data(), device_->Exported(handle) + 12, 12);
  EXPECT_EQ(y, std::vector<float>({0, 0, 2.5}));
}

// Its clients may send nothing but tensors that are there already.
TEST_F(CudaServingTest, ALossThatARegistrationMeetsTurnsReadinessOff) {
  Config config;
  config.backend = Placement::kCuda;
  ServeOnDevice(config);
  const auto register_once = [this] {
    v1::RegisterSharedMemoryRequest request;
    request.set_cuda_ipc_handle(device_->Export(24));
    request.set_bytes(24);
    v1::RegisterSharedMemoryResponse region;
    grpc::ClientContext context;
    return stub_->RegisterSharedMemory(&context, request, &region);
  };
  device_->FailNext(cuda::FakeDevice::Call::kOpenIpc, absl::ResourceExhaustedError("injected"));
  const grpc::Status full = register_once();
  EXPECT_EQ(full.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(full.error_message(), StartsWith("cuda_ipc_handle: "));
  EXPECT_TRUE(register_once().ok());
  EXPECT_TRUE(IsReady());
  device_->Lose();
  EXPECT_EQ(register_once().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(IsReady());
  EXPECT_EQ(Metric(R"(activation_cuda_up{device="0"})"), 0);
}

// A row that would have to pass through a shuttle is the CPU's, which cannot reach it.
TEST_F(CudaServingTest, ARowLargerThanAShuttleCannotBeInADevicesMemory) {
  Config config;
  config.staging_bytes = 1 << 20;
  ServeOnDevice(std::move(config));
  constexpr size_t kFits = 10'000;
  constexpr size_t kTooMany = 100'000;
  const std::string region = Region(0, kTooMany * sizeof(float));
  for (const size_t count : {kFits, kTooMany}) {
    v1::ForwardRequest call;
    v1::ForwardItem& item = *call.add_items();
    item.mutable_activation()->set_function("softmax");
    item.mutable_activation()->set_tier(v1::TIER_FAST);
    item.mutable_x()->set_dtype(v1::DTYPE_F32);
    item.mutable_x()->add_shape(static_cast<int64_t>(count));
    item.mutable_x()->mutable_shared_memory()->set_region(region);
    v1::ForwardResponse response;
    grpc::ClientContext context;
    const grpc::Status status = stub_->Forward(&context, call, &response);
    EXPECT_EQ(status.error_code(),
              count == kFits ? grpc::StatusCode::OK : grpc::StatusCode::UNIMPLEMENTED)
        << status.error_message();
  }
}

TEST_F(CudaServingTest, ADevicesMemoryIsCheckedAtRegistration) {
  ServeOnDevice();
  const auto register_with = [this](const auto& change) {
    v1::RegisterSharedMemoryRequest request;
    request.set_cuda_ipc_handle(device_->Export(100));
    request.set_bytes(100);
    change(request);
    grpc::ClientContext context;
    v1::RegisterSharedMemoryResponse response;
    return stub_->RegisterSharedMemory(&context, request, &response);
  };
  using Request = v1::RegisterSharedMemoryRequest;
  const auto message = [&](const auto& change) { return register_with(change).error_message(); };
  EXPECT_TRUE(register_with([](Request&) {}).ok());
  EXPECT_THAT(message([](Request& r) { r.set_bytes(101); }), StartsWith("bytes: "));
  EXPECT_THAT(message([](Request& r) { r.set_cuda_device(1); }), StartsWith("cuda_device: "));
  EXPECT_THAT(message([](Request& r) { r.set_cuda_ipc_handle("x"); }),
              StartsWith("cuda_ipc_handle: "));
  EXPECT_THAT(message([](Request& r) { r.set_key("/activation-x"); }), StartsWith("key: "));
  EXPECT_THAT(message([](Request& r) { r.set_offset(1); }), StartsWith("offset: "));
  Config config;
  config.shared_memory.enabled = true;
  const std::string handle = device_->Export(1);
  Serve(config);
  v1::RegisterSharedMemoryRequest request;
  request.set_cuda_ipc_handle(handle);
  grpc::ClientContext context;
  v1::RegisterSharedMemoryResponse response;
  EXPECT_EQ(stub_->RegisterSharedMemory(&context, request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace activation
