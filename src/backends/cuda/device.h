// A CUDA device as the backend needs it: memory, streams, copies, launches. It is the
// seam between what the host decides (batches, staging, choice, faults) and the runtime
// API: CudaDevice (cuda_device.h) speaks to a driver, and tests have a device that is a
// thread and fails as it is told to (tests/backends/cuda/fake_device.h).
//
// Every status has one of three codes, which say what is left (OpenIpc knows a fourth):
//   RESOURCE_EXHAUSTED  no memory for this call; others work
//   INTERNAL            this call failed; others work
//   UNAVAILABLE         the device is lost: no call on it works any more
// A call that failed had no effect, except that Launch may have queued some of its kernels.
// What was queued before it happens all the same.
// In the way of a request: CudaBackend -> Shuttle -> Device.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_DEVICE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_DEVICE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/backends/cuda/job_table.h"

namespace activation::cuda {

struct DeviceProperties {
  std::string name;  // for people: "NVIDIA H200, compute capability 9.0"
  int number = 0;    // by which the runtime and its clients name it
};

// Told once of a device that is lost, and why, from any thread.
using OnLost = std::function<void(const DeviceProperties& device, const absl::Status& why)>;

// Memory that another process has exported.
struct IpcMemory {
  void* data = nullptr;
  size_t bytes = 0;  // of the whole allocation
};

// Bytes of an IPC handle.
inline constexpr size_t kIpcHandleBytes = 64;

// What is queued on one stream happens in order, on several at once.
using Stream = void*;

// Thread-safe.
class Device {
 public:
  virtual ~Device() = default;

  virtual const DeviceProperties& properties() const = 0;

  // Makes all kernels ready, which takes some of the device's memory: no launch does it later.
  // INTERNAL where there is no code for the device.
  virtual absl::Status LoadKernels() = 0;

  // Of the device, and of the host so that it can be copied from and to by itself.
  virtual absl::StatusOr<std::byte*> Allocate(size_t bytes) = 0;
  virtual absl::StatusOr<std::byte*> AllocatePinned(size_t bytes) = 0;
  virtual void Free(std::byte* memory) = 0;
  virtual void FreePinned(std::byte* memory) = 0;

  // Pins memory that the host has already; to be undone before it is given back. By a lost device
  // it may not be undone: then the memory's pages stay, and nothing uses them any more.
  virtual absl::Status Pin(void* memory, size_t bytes) = 0;
  virtual void Unpin(void* memory) = 0;

  // INVALID_ARGUMENT where the handle, of kIpcHandleBytes, names no memory of this device, though
  // it be another's.
  virtual absl::StatusOr<IpcMemory> OpenIpc(absl::string_view handle) = 0;
  virtual void CloseIpc(void* memory) = 0;

  virtual absl::StatusOr<Stream> MakeStream() = 0;
  virtual void EndStream(Stream stream) = 0;

  // These three only queue; the host's side must be pinned and stay as it is until
  // Synchronize says OK or that the device is lost.
  virtual absl::Status CopyIn(std::byte* to, const void* from, size_t bytes, Stream stream) = 0;
  virtual absl::Status CopyOut(void* to, const std::byte* from, size_t bytes, Stream stream) = 0;
  // `table` and `scratch` lie in the device's memory, the first with a copy of the bytes
  // of `jobs`, which name only memory that the device can reach.
  virtual absl::Status Launch(const JobTable& jobs, const std::byte* table, std::byte* scratch,
                              Stream stream) = 0;

  // Waits until all that was queued has happened, and says OK, or that the device is lost: then
  // nothing of it happens any more. Nothing else, as no other error would say whose the memory is.
  virtual absl::Status Synchronize(Stream stream) = 0;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_DEVICE_H_
