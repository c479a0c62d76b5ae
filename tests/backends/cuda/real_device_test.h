// The process of RealDeviceTest that loses its device.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_REAL_DEVICE_TEST_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_REAL_DEVICE_TEST_H_

namespace activation::cuda {

// Has a device read where nothing lies, then computes on the CPU and gives all back. The exit code
// says which step was not as it must be; what happened goes to standard error.
int BreakDevice();

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_REAL_DEVICE_TEST_H_
