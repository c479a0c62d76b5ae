// Runs the jobs of a table, on a device or on the calling thread: all that the kernels do for who
// calls them. The host's side puts jobs into a table as device_job.h says, this side reads them
// there, and knows nothing else of it. Without CUDA's headers, so that everything but .cu files is
// plain C++. Thread-safe.
// In the way of a request: CudaDevice -> Launch() -> kernels.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LAUNCH_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LAUNCH_H_

#include "absl/types/span.h"
#include "src/backends/cuda/kernels/device_job.h"

namespace activation::cuda {

// A cudaError_t; 0 is success.
using LaunchResult = int;

// Has the current device load the code of every kernel, which the runtime leaves for the first
// launch otherwise.
LaunchResult LoadKernels();

// Puts all of a table's launches, one a group, into a stream of the current device. `table`
// and `scratch` are where on that device the table's jobs and room for what they leave each other
// lie; both must stay until the stream is past them, `groups` need not.
// After an error, launches that came before it run all the same; one of more blocks than a
// device can be given is such an error.
LaunchResult Launch(absl::Span<const Group> groups, const void* table, void* scratch, void* stream);

// The same code as ordinary loops, all pointers being of this host: for tests, which so need no
// device.
void RunOnHost(absl::Span<const Group> groups, const void* table, void* scratch);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LAUNCH_H_
