#include <cuda_runtime.h>

#include "src/backends/cuda/kernel.h"
#include "src/backends/cuda/launch.h"

namespace activation::cuda {
namespace {

Kernel Elements(const Code& code) {
  switch (code.dtype) {
    case DType::kF32:
      return code.tier == Tier::kFast ? ElementsInFastFloats(code) : ElementsInExactFloats(code);
    case DType::kF64:
      return ElementsInDoubles(code);
    case DType::kF16:
      return ElementsInF16(code);
    case DType::kBF16:
      break;
  }
  return ElementsInBF16(code);
}

Kernel KernelOf(const Code& code) {
  switch (code.work) {
    case Work::kParameterSums:
      return ParameterSums(code);
    case Work::kWeightSums:
      return WeightSums(code);
    case Work::kElements:
      return Elements(code);
    case Work::kChannels:
      return Channels(code);
    case Work::kGates:
      return Gates(code);
    case Work::kRows:
      return Rows(code);
    case Work::kParameterTotals:
      return ParameterTotals(code);
    case Work::kWeightTotals:
      break;
  }
  return WeightTotals(code);
}

}  // namespace

LaunchResult Launch(const JobTable& jobs, const void* table, void* scratch, void* stream) {
  for (const Group& group : jobs.groups()) {
    const Kernel kernel = KernelOf(group.code);
    GroupView view = ViewOf(group, table, scratch);
    void* arguments[] = {&view};
    const auto blocks = static_cast<unsigned>(BlocksOf(group.tiles, kernel.tiles_per_block));
    const cudaError_t error = cudaLaunchKernel(kernel.entry, dim3(blocks), dim3(kernel.threads),
                                               arguments, 0, static_cast<cudaStream_t>(stream));
    if (error != cudaSuccess) return error;
  }
  return cudaSuccess;
}

void RunOnHost(const JobTable& jobs, const void* table, void* scratch) {
  for (const Group& group : jobs.groups()) {
    KernelOf(group.code).on_host(ViewOf(group, table, scratch));
  }
}

}  // namespace activation::cuda
