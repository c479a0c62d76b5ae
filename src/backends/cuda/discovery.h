// The CUDA devices of this machine, or why there are none. In a build without the CUDA
// Toolkit there never are any.
// In the way of a request: none; the server looks once, when it starts.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_DISCOVERY_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_DISCOVERY_H_

#include <memory>
#include <string>
#include <vector>

#include "src/backends/cuda/device.h"

namespace activation::cuda {

// A device of the machine that cannot be used.
struct DeviceLeftOut {
  DeviceProperties properties;
  std::string why;
};

struct Discovery {
  std::vector<std::unique_ptr<Device>> devices;
  // Where there are none, as "no CUDA driver (cudaErrorInsufficientDriver)".
  std::string why_none = "none was looked for";
  std::vector<DeviceLeftOut> left_out = {};
};

Discovery FindDevices();

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_DISCOVERY_H_
