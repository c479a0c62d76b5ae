#include "src/backends/cuda/discovery.h"

namespace activation::cuda {

Discovery FindDevices() { return {{}, "this build has no CUDA kernels"}; }

}  // namespace activation::cuda
