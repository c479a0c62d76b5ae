// One CUDA device, which is a fake one, wherever the program looks for devices (--wrap in
// CMakeLists.txt): so the server itself has no switch for it.
#include <cstddef>
#include <memory>

#include "src/backends/cuda/discovery.h"
#include "tests/backends/cuda/fake_device.h"

namespace activation::cuda {

// activation::cuda::FindDevices(), as the linker knows it.
extern "C++" Discovery WrappedFindDevices() asm("__wrap__ZN10activation4cuda11FindDevicesEv");

Discovery WrappedFindDevices() {
  Discovery found;
  found.devices.push_back(std::make_unique<FakeDevice>(size_t{1} << 30, 0));
  return found;
}

}  // namespace activation::cuda
