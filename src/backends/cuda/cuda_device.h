// A CUDA device through NVIDIA's runtime. Thread-safe.
// In the way of a request: Shuttle -> CudaDevice -> the driver.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_CUDA_DEVICE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_CUDA_DEVICE_H_

#include "src/backends/cuda/device.h"

namespace activation::cuda {

// What a call of the runtime returned (a cudaError_t), as Device's statuses say it, with
// the error's name: "out of memory (cudaErrorMemoryAllocation)".
absl::Status StatusOf(int error);

class CudaDevice final : public Device {
 public:
  // The device of that number, made ready for work; it must exist.
  static absl::StatusOr<std::unique_ptr<Device>> Open(int number);
  // What it is, ready or not: its number alone where the runtime says no more.
  static DeviceProperties Describe(int number);

  const DeviceProperties& properties() const override { return properties_; }
  absl::Status LoadKernels() override;
  absl::StatusOr<std::byte*> Allocate(size_t bytes) override;
  absl::StatusOr<std::byte*> AllocatePinned(size_t bytes) override;
  void Free(std::byte* memory) override;
  void FreePinned(std::byte* memory) override;
  absl::Status Pin(void* memory, size_t bytes) override;
  void Unpin(void* memory) override;
  absl::StatusOr<IpcMemory> OpenIpc(absl::string_view handle) override;
  void CloseIpc(void* memory) override;
  absl::StatusOr<Stream> MakeStream() override;
  void EndStream(Stream stream) override;
  absl::Status CopyIn(std::byte* to, const void* from, size_t bytes, Stream stream) override;
  absl::Status CopyOut(void* to, const std::byte* from, size_t bytes, Stream stream) override;
  absl::Status Launch(const JobTable& jobs, const std::byte* table, std::byte* scratch,
                      Stream stream) override;
  absl::Status Synchronize(Stream stream) override;

 private:
  CudaDevice(int number, DeviceProperties properties)
      : number_(number), properties_(std::move(properties)) {}

  // Every thread has a current device, which calls are for; to be called before anything else.
  // After an error the thread still has the one before.
  [[nodiscard]] absl::Status MakeCurrent() const;
  // INVALID_ARGUMENT where memory of the device's address space is another device's.
  absl::Status CheckItIsHere(void* memory) const;

  const int number_;
  const DeviceProperties properties_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_CUDA_DEVICE_H_
