// Runs the jobs of a table, on a device or on the calling thread. Without CUDA's headers,
// so that everything but this folder's .cu files is plain C++. Thread-safe.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_LAUNCH_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_LAUNCH_H_

#include "src/backends/cuda/job_table.h"

namespace activation::cuda {

// A cudaError_t; 0 is success.
using LaunchResult = int;

// Has the current device load the code of every kernel, which the runtime leaves for the first
// launch otherwise.
LaunchResult LoadKernels();

// Puts all of a table's launches, one a group, into a stream of the current device. `table`
// and `scratch` are where on that device copies of table.bytes() and room for
// table.scratch_bytes() lie; both must stay until the stream is past them, `jobs` need not.
// After an error, launches that came before it run all the same; one of more blocks than a
// device can be given is such an error.
LaunchResult Launch(const JobTable& jobs, const void* table, void* scratch, void* stream);

// The same code as ordinary loops, all pointers being of this host: for tests, which so need no
// device.
void RunOnHost(const JobTable& jobs, const void* table, void* scratch);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_LAUNCH_H_
