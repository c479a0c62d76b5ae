// All CUDA devices of a machine: which takes the next run, and the memory that they share
// with others. Thread-safe.
// In the way of a request: Engine -> DeviceSet -> CudaBackend.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_DEVICE_SET_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_DEVICE_SET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/backends/cuda/cuda_backend.h"
#include "src/backends/cuda/discovery.h"
#include "src/backends/cuda/foreign_memory.h"

namespace activation::cuda {

class DeviceSet {
 public:
  // As CudaBackend::Make; devices that it refuses are left out.
  DeviceSet(Discovery found, const Options& options, Backend* fallback, const OnLost& on_lost);

  bool empty() const { return backends_.empty(); }
  const std::vector<std::unique_ptr<CudaBackend>>& backends() const { return backends_; }
  // Devices of this machine that never were among them.
  const std::vector<DeviceLeftOut>& left_out() const { return left_out_; }

  // OK while one device works, else UNAVAILABLE and why none does.
  absl::Status state() const;

  // Of the devices that work the one with the least to do; nullptr where none works.
  CudaBackend* LeastLoaded() const;
  // Whether every device that works takes it: which one gets it is decided later. None
  // has statistics.
  bool Takes(const Evaluation& evaluation) const;
  // The devices that tensors of the evaluation lie on: none where it may run anywhere, and
  // where they are several it cannot run at all.
  std::vector<CudaBackend*> HoldersOf(const Evaluation& evaluation) const;

  // These two may be the first to meet a loss, which then is one for everybody.

  // Pins memory of the host for copies to and from all devices. nullptr where that cannot
  // be: then it is copied like any other. The set must outlive the result.
  std::unique_ptr<PinnedMemory> Pin(std::byte* memory, size_t bytes);

  // Memory that another process exported from the device of that number, at least `bytes` of it.
  // Errors are about the fields `device_id`, `raw_handle` and `byte_size`, or UNAVAILABLE.
  absl::StatusOr<std::unique_ptr<ImportedMemory>> Import(absl::string_view handle, int64_t number,
                                                         uint64_t bytes);

 private:
  // By the first device that can; nullptr where none does.
  PinnedMemory::Pin PinByAny(std::byte* memory, size_t bytes);
  // nullptr where no device has that number.
  CudaBackend* Find(int64_t number) const;

  std::string why_none_;
  std::vector<DeviceLeftOut> left_out_;
  std::vector<std::unique_ptr<CudaBackend>> backends_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_DEVICE_SET_H_
