// Each call of a device is made with that device current, or not at all: on a runtime that is this
// file and knows nothing but which calls were made, so that no GPU and no driver is needed.
#include <cuda_runtime_api.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/cuda_device.h"
#include "src/backends/cuda/kernels/launch.h"

namespace activation::cuda {
namespace {

// What the runtime is to answer to cudaSetDevice, to a wait, where memory is pinned, to each look
// at a stream and about opened memory; and what it was asked for besides.
cudaError_t set_device_result = cudaSuccess;
cudaError_t wait_result = cudaSuccess;
cudaError_t pin_result = cudaSuccess;
std::vector<cudaError_t> stream_states;  // the last first; then cudaSuccess
int device_of_memory = 1;
std::vector<std::string> calls;

cudaError_t Called(const char* name) {
  calls.emplace_back(name);
  return cudaSuccess;
}

// A pointer that is never followed.
template <class T>
cudaError_t Gives(T** pointer, const char* name) {
  static int somewhere = 0;
  *pointer = reinterpret_cast<T*>(&somewhere);
  return Called(name);
}

class CurrentDeviceTest : public testing::Test {
 protected:
  CurrentDeviceTest() {
    set_device_result = cudaSuccess;
    wait_result = cudaSuccess;
    pin_result = cudaSuccess;
    stream_states.clear();
    device_of_memory = 1;
    auto opened = CudaDevice::Open(1);
    if (opened.ok()) device_ = *std::move(opened);
    calls.clear();
  }

  void SetUp() override { ASSERT_NE(device_, nullptr); }

  // Every call of a device but properties(), the status of those that have one into `statuses`.
  void CallAll(std::vector<absl::Status>* statuses) {
    std::byte memory[kIpcHandleBytes] = {};
    Stream const stream = nullptr;
    const absl::string_view handle(reinterpret_cast<const char*>(memory), sizeof(memory));
    *statuses = {device_->LoadKernels(),
                 device_->Allocate(1).status(),
                 device_->AllocatePinned(1).status(),
                 device_->Pin(memory, 1),
                 device_->OpenIpc(handle).status(),
                 device_->MakeStream().status(),
                 device_->CopyIn(memory, memory, 1, stream),
                 device_->CopyOut(memory, memory, 1, stream),
                 device_->Launch(JobTable({}), memory, memory, stream)};
    device_->Free(memory);
    device_->FreePinned(memory);
    device_->Unpin(memory);
    device_->CloseIpc(memory);
    device_->EndStream(stream);
  }

  std::unique_ptr<Device> device_;
};

TEST_F(CurrentDeviceTest, IsAskedForWhatIsWanted) {
  std::vector<absl::Status> statuses;
  CallAll(&statuses);
  // The runtime here has no driver that could say how large opened memory is.
  EXPECT_TRUE(absl::IsInternal(statuses[4])) << statuses[4];
  statuses.erase(statuses.begin() + 4);
  for (const absl::Status& status : statuses) EXPECT_TRUE(status.ok()) << status;
  for (const char* name :
       {"LoadKernels", "cudaMalloc", "cudaHostAlloc", "cudaHostRegister", "cudaIpcOpenMemHandle",
        "cudaStreamCreateWithFlags", "cudaMemcpyAsync", "Launch", "cudaFree", "cudaFreeHost",
        "cudaHostUnregister", "cudaIpcCloseMemHandle", "cudaStreamDestroy"}) {
    EXPECT_THAT(calls, testing::Contains(name));
  }
}

TEST_F(CurrentDeviceTest, IsAskedForNothingWhereItIsNotCurrent) {
  set_device_result = cudaErrorDevicesUnavailable;
  std::vector<absl::Status> statuses;
  CallAll(&statuses);
  for (const absl::Status& status : statuses) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("cudaErrorDevicesUnavailable"));
  }
  EXPECT_THAT(calls, testing::IsEmpty());
}

// What is queued uses memory that is its caller's again once the wait is over.
TEST_F(CurrentDeviceTest, IsWaitedForAllTheSame) {
  set_device_result = cudaErrorMemoryAllocation;
  EXPECT_TRUE(device_->Synchronize(nullptr).ok());
  EXPECT_THAT(calls, testing::ElementsAre("cudaStreamSynchronize"));
}

// A client's memory may be any, and an error that is not known means a loss elsewhere.
TEST_F(CurrentDeviceTest, IsNotLostByWhatCannotBePinned) {
  std::byte memory[1];
  pin_result = cudaErrorUnknown;
  EXPECT_TRUE(absl::IsInternal(device_->Pin(memory, 1)));
  stream_states = {cudaErrorLaunchFailure};
  EXPECT_TRUE(absl::IsUnavailable(device_->Pin(memory, 1)));
  pin_result = cudaErrorMemoryAllocation;
  EXPECT_TRUE(absl::IsResourceExhausted(device_->Pin(memory, 1)));
}

TEST_F(CurrentDeviceTest, TakesNoMemoryOfAnother) {
  device_of_memory = 2;
  const absl::Status status = device_->OpenIpc(std::string(kIpcHandleBytes, 'x')).status();
  EXPECT_EQ(status, absl::InvalidArgumentError("is memory of CUDA device 2"));
  EXPECT_THAT(calls, testing::ElementsAre("cudaIpcOpenMemHandle", "cudaIpcCloseMemHandle"));
}

// Whatever has failed about the wait: only the stream can say that it uses no memory any more.
TEST_F(CurrentDeviceTest, IsWaitedForUntilItsStreamIsOver) {
  for (const cudaError_t error : {cudaErrorOperatingSystem, cudaErrorMemoryAllocation,
                                  cudaErrorInvalidValue, cudaErrorLaunchFailure}) {
    wait_result = error;
    stream_states = {cudaErrorNotReady, cudaErrorNotReady};
    EXPECT_TRUE(device_->Synchronize(nullptr).ok()) << error;
    EXPECT_THAT(stream_states, testing::IsEmpty());
    for (const cudaError_t state : {cudaErrorOperatingSystem, cudaErrorLaunchFailure}) {
      stream_states = {state, cudaErrorNotReady};
      const absl::Status status = device_->Synchronize(nullptr);
      EXPECT_TRUE(absl::IsUnavailable(status)) << error << ", " << state << ": " << status;
    }
  }
}

}  // namespace

LaunchResult LoadKernels() { return Called("LoadKernels"); }
LaunchResult Launch(absl::Span<const Group>, const void*, void*, void*) { return Called("Launch"); }

}  // namespace activation::cuda

using activation::cuda::Called;
using activation::cuda::Gives;

cudaError_t cudaSetDevice(int) { return activation::cuda::set_device_result; }
cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t) { return "an error"; }
const char* cudaGetErrorName(cudaError_t error) {
  return error == cudaErrorDevicesUnavailable ? "cudaErrorDevicesUnavailable" : "another";
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp*, int) { return cudaSuccess; }
cudaError_t cudaSetDeviceFlags(unsigned) { return cudaSuccess; }
cudaError_t cudaStreamQuery(cudaStream_t) {
  using activation::cuda::stream_states;
  if (stream_states.empty()) return cudaSuccess;
  const cudaError_t state = stream_states.back();
  stream_states.pop_back();
  return state;
}
cudaError_t cudaGetDriverEntryPointByVersion(const char*, void**, unsigned, unsigned long long,
                                             cudaDriverEntryPointQueryResult* found) {
  *found = cudaDriverEntryPointSymbolNotFound;
  return cudaSuccess;
}
cudaError_t cudaMalloc(void** memory, size_t) { return Gives(memory, "cudaMalloc"); }
cudaError_t cudaFree(void*) { return Called("cudaFree"); }
cudaError_t cudaHostAlloc(void** memory, size_t, unsigned) {
  return Gives(memory, "cudaHostAlloc");
}
cudaError_t cudaFreeHost(void*) { return Called("cudaFreeHost"); }
cudaError_t cudaHostRegister(void*, size_t, unsigned) {
  Called("cudaHostRegister");
  return activation::cuda::pin_result;
}
cudaError_t cudaHostUnregister(void*) { return Called("cudaHostUnregister"); }
cudaError_t cudaIpcOpenMemHandle(void** memory, cudaIpcMemHandle_t, unsigned) {
  return Gives(memory, "cudaIpcOpenMemHandle");
}
cudaError_t cudaIpcCloseMemHandle(void*) { return Called("cudaIpcCloseMemHandle"); }
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void*) {
  attributes->device = activation::cuda::device_of_memory;
  return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  return Gives(stream, "cudaStreamCreateWithFlags");
}
cudaError_t cudaStreamDestroy(cudaStream_t) { return Called("cudaStreamDestroy"); }
cudaError_t cudaStreamSynchronize(cudaStream_t) {
  Called("cudaStreamSynchronize");
  return activation::cuda::wait_result;
}
cudaError_t cudaMemcpyAsync(void*, const void*, size_t, cudaMemcpyKind, cudaStream_t) {
  return Called("cudaMemcpyAsync");
}
