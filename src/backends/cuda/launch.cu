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

constexpr Work kWorksOfElements[] = {Work::kParameterSums, Work::kElements, Work::kParameterTotals};
constexpr Work kWorksOfChannels[] = {Work::kWeightSums, Work::kChannels, Work::kWeightTotals};
constexpr Work kWorksOfGates[] = {Work::kGates};
constexpr Work kWorksOfRows[] = {Work::kRows};

absl::Span<const Work> WorksOf(Kind kind) {
  switch (kind) {
    case Kind::kElementwise:
      return kWorksOfElements;
    case Kind::kPerChannel:
      return kWorksOfChannels;
    case Kind::kGated:
      return kWorksOfGates;
    case Kind::kRowWise:
      break;
  }
  return kWorksOfRows;
}

// Calls visit(code) for every code there is; several may have the same kernel.
template <class Visit>
void ForEachCode(Visit visit) {
  for (FunctionId function = 0; function < Catalogue().size(); ++function) {
    const auto place = static_cast<uint32_t>(PlaceInKind(function));
    for (const DType dtype : kAllDTypes) {
      for (const Tier tier : {Tier::kExact, Tier::kFast}) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          for (const Work work : WorksOf(Catalogue()[function].kind)) {
            visit(Code{work, direction, tier, dtype, place});
          }
        }
      }
    }
  }
}

// Kernels that share memory take as much of it as there is: their blocks on a multiprocessor at a
// time are counted so (docs/performance.md), and what they read passes its cache by anyway.
cudaError_t Load(const void* entry) {
  cudaFuncAttributes attributes;
  const cudaError_t error = cudaFuncGetAttributes(&attributes, entry);
  if (error != cudaSuccess || attributes.sharedSizeBytes == 0) return error;
  return cudaFuncSetAttribute(entry, cudaFuncAttributePreferredSharedMemoryCarveout,
                              cudaSharedmemCarveoutMaxShared);
}

// What a grid can have along its first axis.
constexpr uint64_t kMostBlocks = 0x7fffffff;

}  // namespace

LaunchResult LoadKernels() {
  cudaError_t error = cudaSuccess;
  ForEachCode([&error](const Code& code) {
    if (error == cudaSuccess) error = Load(KernelOf(code).entry);
  });
  return error;
}

LaunchResult Launch(const JobTable& jobs, const void* table, void* scratch, void* stream) {
  for (const Group& group : jobs.groups()) {
    const Kernel kernel = KernelOf(group.code);
    GroupView view = ViewOf(group, table, scratch);
    void* arguments[] = {&view};
    const uint64_t blocks = BlocksOf(group.tiles, kernel.tiles_per_block);
    if (blocks > kMostBlocks) return cudaErrorInvalidConfiguration;
    const cudaError_t error =
        cudaLaunchKernel(kernel.entry, dim3(static_cast<unsigned>(blocks)), dim3(kernel.threads),
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
