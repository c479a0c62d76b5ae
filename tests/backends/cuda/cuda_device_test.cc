// The runtime's side: what its errors mean, on every machine with a toolkit; and the
// backend on a real device, where there is one.
#include "src/backends/cuda/cuda_device.h"

#include <cuda_runtime_api.h>

#include <cstdlib>
#include <future>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/discovery.h"
#include "tests/backends/cuda/backend_fixture.h"

namespace activation::cuda {
namespace {

TEST(CudaErrorTest, SaysWhatIsLeftOfTheDevice) {
  EXPECT_TRUE(StatusOf(cudaSuccess).ok());
  for (const int error : {cudaErrorMemoryAllocation, cudaErrorLaunchOutOfResources}) {
    EXPECT_TRUE(absl::IsResourceExhausted(StatusOf(error))) << error;
  }
  for (const int error : {cudaErrorInvalidValue, cudaErrorInvalidConfiguration,
                          cudaErrorNoKernelImageForDevice, cudaErrorInvalidDeviceFunction}) {
    EXPECT_TRUE(absl::IsInternal(StatusOf(error))) << error;
  }
  // Those that stay, and any that is not known.
  for (const int error : {cudaErrorIllegalAddress, cudaErrorLaunchFailure, cudaErrorLaunchTimeout,
                          cudaErrorECCUncorrectable, cudaErrorMisalignedAddress,
                          cudaErrorDevicesUnavailable, cudaErrorNoDevice, cudaErrorUnknown}) {
    EXPECT_TRUE(absl::IsUnavailable(StatusOf(error))) << error;
  }
  EXPECT_THAT(std::string(StatusOf(cudaErrorMemoryAllocation).message()),
              testing::HasSubstr("(cudaErrorMemoryAllocation)"));
}

TEST(DiscoveryTest, FindsDevicesOrSaysWhyNot) {
  const Discovery found = FindDevices();
  EXPECT_EQ(found.devices.empty() && found.why_none.empty(), false);
  int last = -1;
  for (const auto& device : found.devices) {
    EXPECT_GT(device->properties().number, last);
    last = device->properties().number;
  }
}

TEST(CudaDeviceTest, TheBackendHasTheCpusBits) {
  Discovery found = FindDevices();
  if (found.devices.empty()) {
    ASSERT_EQ(std::getenv("ACTIVATION_NEED_GPU"), nullptr) << found.why_none;
    GTEST_SKIP() << "no CUDA device: " << found.why_none;
  }
  const auto backend = CudaBackend::Make(std::move(found.devices.front()), {}, nullptr, nullptr);
  ASSERT_TRUE(backend.ok()) << backend.status();
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const DType dtype : kAllDTypes) {
        Tensor tensor(info.name, direction, dtype, 300'001);
        ASSERT_TRUE(Start(**backend, {tensor.evaluation}).get().ok());
        EXPECT_EQ(tensor.out == tensor.Expected(), true) << info.name;
      }
    }
  }
}

}  // namespace
}  // namespace activation::cuda
