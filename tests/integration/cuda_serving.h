// A fixture with a whole server on CUDA devices, which are fake ones.
#ifndef ACTIVATION_TESTS_INTEGRATION_CUDA_SERVING_H_
#define ACTIVATION_TESTS_INTEGRATION_CUDA_SERVING_H_

#include <string>
#include <utility>
#include <vector>

#include "src/backends/cpu/cpu_backend.h"
#include "tests/backends/cuda/fake_device.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {

class CudaServingTest : public ServingTest {
 protected:
  void ServeOnDevice(Config config = Config(), int number = 0) {
    ServeOnDevices(std::move(config), {number});
  }

  void ServeOnDevices(Config config, const std::vector<int>& numbers) {
    cuda::Discovery found;
    devices_.clear();
    for (const int number : numbers) {
      auto device = std::make_unique<cuda::FakeDevice>(size_t{1} << 30, number);
      devices_.push_back(device.get());
      found.devices.push_back(std::move(device));
    }
    device_ = devices_.front();
    config.shared_memory.enabled = true;
    config.batch_delay = absl::ZeroDuration();
    Serve(config, std::move(found));
  }

  grpc::Status Call(v1::Backend backend) {
    v1::ForwardRequest request = SmallRequest();
    request.mutable_items(0)->mutable_activation()->set_backend(backend);
    grpc::ClientContext context;
    v1::ForwardResponse response;
    grpc::Status status = stub_->Forward(&context, request, &response);
    if (status.ok()) {
      EXPECT_EQ(ValuesOf<float>(response.results(0).y()), std::vector<float>({0, 0, 2.5}));
    }
    return status;
  }

  v1::GetServerInfoResponse Info() {
    grpc::ClientContext context;
    v1::GetServerInfoResponse response;
    EXPECT_TRUE(stub_->GetServerInfo(&context, {}, &response).ok());
    return response;
  }

  // As health and readiness probes see it.
  bool IsReady() {
    const std::string ready = HttpGet("/readyz");
    std::string health;
    EXPECT_TRUE(CallRaw(*channel_, "/grpc.health.v1.Health/Check", "", &health).ok());
    const bool serving = health == "\x08\x01";
    EXPECT_EQ(ready.rfind("HTTP/1.1 200", 0) == 0, serving);
    return serving;
  }

  // A region of so many bytes of a device's memory.
  std::string Region(int number, uint64_t bytes) {
    v1::RegisterSharedMemoryRequest request;
    request.set_cuda_ipc_handle(devices_[static_cast<size_t>(number)]->Export(bytes));
    request.set_bytes(bytes);
    request.set_cuda_device(static_cast<uint32_t>(number));
    v1::RegisterSharedMemoryResponse region;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->RegisterSharedMemory(&context, request, &region).ok());
    return region.region();
  }

  // The server's.
  std::vector<cuda::FakeDevice*> devices_;
  cuda::FakeDevice* device_ = nullptr;  // the first
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_CUDA_SERVING_H_
