// What a device would compute, computed here: a table's jobs by the CPU's kernels, which
// have the same bits as those for CUDA.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_RUN_TABLE_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_RUN_TABLE_H_

#include <cstddef>

#include "src/backends/cuda/job_table.h"

namespace activation::cuda {

void RunTable(const JobTable& jobs, const std::byte* table, std::byte* scratch);

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_RUN_TABLE_H_
