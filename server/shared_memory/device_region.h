// Regions that CUDA devices can reach by themselves: memory of the host that was pinned for
// their copies, and a device's own memory, exported by another process (CUDA IPC).
// In the way of a request: Registry -> these, at registration only.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_DEVICE_REGION_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_DEVICE_REGION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/shared_memory/region.h"
#include "src/backends/cuda/device_set.h"

namespace activation::shared_memory {

// The region, pinned where that can be; it works all the same where it cannot.
std::unique_ptr<Region> Pinned(std::unique_ptr<Region> region, cuda::DeviceSet& devices);

// What Origin says of regions of the memory behind a handle of CUDA IPC.
std::string IdentifyCudaMemory(absl::string_view handle, int64_t device);

// `bytes` from the beginning of the memory behind a handle of CUDA IPC. data() is an address
// of the device's: only kernels there can read it. Errors: see DeviceSet::Import.
absl::StatusOr<std::unique_ptr<Region>> OpenCudaRegion(absl::string_view handle, int64_t device,
                                                       uint64_t bytes, cuda::DeviceSet& devices);

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_DEVICE_REGION_H_
