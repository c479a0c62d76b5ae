#include "src/backends/cuda/discovery.h"

#include <cuda_runtime_api.h>

#include "absl/strings/str_cat.h"
#include "src/backends/cuda/cuda_device.h"

namespace activation::cuda {
namespace {

std::string Why(cudaError_t error) {
  const char* const name = cudaGetErrorName(error);
  // An old driver and none at all are one error to the runtime.
  int version = 0;
  if (error == cudaErrorInsufficientDriver && cudaDriverGetVersion(&version) == cudaSuccess) {
    return version == 0 ? absl::StrCat("no CUDA driver (", name, ")")
                        : absl::StrCat("the CUDA driver is too old (", name, ")");
  }
  return absl::StrCat(cudaGetErrorString(error), " (", name, ")");
}

}  // namespace

Discovery FindDevices() {
  Discovery found;
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess) {
    cudaGetLastError();
    found.why_none = Why(error);
    return found;
  }
  found.why_none = "the driver shows none";
  for (int number = 0; number < count; ++number) {
    absl::StatusOr<std::unique_ptr<Device>> device = CudaDevice::Open(number);
    if (device.ok()) {
      found.devices.push_back(*std::move(device));
    } else {
      found.why_none = std::string(device.status().message());
      found.left_out.push_back({CudaDevice::Describe(number), found.why_none});
    }
  }
  return found;
}

}  // namespace activation::cuda
