#include <cuda_runtime.h>

#include <algorithm>
#include <limits>

#include "src/backends/cuda/kernels/fetch_ahead.h"
#include "src/backends/cuda/kernels/half_tables.h"
#include "src/backends/cuda/kernels/kernel.h"
#include "src/backends/cuda/kernels/launch.h"
#include "src/functions/catalogue.h"

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

Kernel LookupsOf(const Code& code) {
  return code.dtype == DType::kF16 ? LookupsInF16(code) : LookupsInBF16(code);
}

Kernel KernelOf(const Code& code) {
  switch (code.work) {
    case Work::kLookupTables:
    case Work::kLookups:
      return LookupsOf(code);
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

constexpr Work kWorksOfElements[] = {Work::kParameterSums, Work::kLookupTables, Work::kLookups,
                                     Work::kElements, Work::kParameterTotals};
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

constexpr bool IsOfHalves(Work work) {
  return work == Work::kLookupTables || work == Work::kLookups;
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
            if (IsOfHalves(work) && SizeOf(dtype) != 2) continue;
            visit(Code{work, direction, tier, dtype, place});
          }
        }
      }
    }
  }
}

// Kernels that share memory take as much of it as there is: their blocks on a multiprocessor at a
// time are counted so (docs/performance_gpu.md), and what they read passes its cache by anyway.
cudaError_t Load(const void* entry) {
  if (entry == nullptr) return cudaSuccess;
  cudaFuncAttributes attributes;
  const cudaError_t error = cudaFuncGetAttributes(&attributes, entry);
  if (error != cudaSuccess || attributes.sharedSizeBytes == 0) return error;
  return cudaFuncSetAttribute(entry, cudaFuncAttributePreferredSharedMemoryCarveout,
                              cudaSharedmemCarveoutMaxShared);
}

// What a grid can have along its first axis.
constexpr uint64_t kMostBlocks = 0x7fffffff;

// Of the current device.
struct Card {
  int multiprocessors = 0;
  int shared_bytes = 0;  // that a block can have at most
  int cache_bytes = 0;   // that all multiprocessors share
};

cudaError_t Find(Card& card) {
  int device = 0;
  cudaError_t error = cudaGetDevice(&device);
  const auto find = [&](int& value, cudaDeviceAttr attribute) {
    if (error == cudaSuccess) error = cudaDeviceGetAttribute(&value, attribute, device);
  };
  find(card.multiprocessors, cudaDevAttrMultiProcessorCount);
  find(card.shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin);
  find(card.cache_bytes, cudaDevAttrL2CacheSize);
  return error;
}

// A group of so many blocks has more than any device at a time; shorter ones are over before it
// would pay to ask what to fetch ahead.
constexpr uint64_t kManyBlocks = 1 << 11;

bool MayFetchAhead(const Kernel& kernel, const Group& group) {
  const uint64_t blocks = BlocksOf(group.tiles, kernel.tiles_per_block);
  return kernel.block_reads > 0 && group.job_count == 1 && blocks >= kManyBlocks &&
         blocks <= kMostBlocks;
}

cudaError_t FindBlocksAhead(const Card& card, const Kernel& kernel, GroupView& view) {
  int blocks = 0;
  const cudaError_t error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &blocks, kernel.entry, static_cast<int>(kernel.threads), 0);
  if (error != cudaSuccess) return error;
  const Residency residency = {
      .multiprocessors = static_cast<uint64_t>(card.multiprocessors),
      .cache_bytes = static_cast<uint64_t>(card.cache_bytes),
      .blocks = static_cast<uint64_t>(blocks),
      .block_reads = kernel.block_reads,
      .in_phases = kernel.in_phases,
  };
  view.blocks_ahead = BlocksAhead(residency, BlocksOf(view.tiles, kernel.tiles_per_block));
  return cudaSuccess;
}

// As KernelOf, but without tables where there is no kernel for them or no memory: then elements
// are computed, which have the same tiles, and there is nothing to fill.
Kernel KernelOn(const Card& card, const Code& code) {
  if (!IsOfHalves(code.work)) return KernelOf(code);
  const Kernel kernel = LookupsOf(code);
  const bool fits = LookupTableBytes(code.direction) <= static_cast<size_t>(card.shared_bytes);
  if (kernel.entry != nullptr && fits) return kernel;
  return code.work == Work::kLookups ? Elements(code) : Kernel{};
}

cudaError_t Launch(const Card& card, const Kernel& kernel, GroupView view, cudaStream_t stream) {
  uint64_t blocks = BlocksOf(view.tiles, kernel.tiles_per_block);
  if (kernel.lookup_table_bytes > 0) {
    const cudaError_t error =
        cudaFuncSetAttribute(kernel.entry, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(kernel.lookup_table_bytes));
    if (error != cudaSuccess) return error;
    blocks = std::min(blocks, static_cast<uint64_t>(card.multiprocessors));
  }
  if (blocks > kMostBlocks) return cudaErrorInvalidConfiguration;
  void* arguments[] = {&view};
  return cudaLaunchKernel(kernel.entry, dim3(static_cast<unsigned>(blocks)), dim3(kernel.threads),
                          arguments, kernel.lookup_table_bytes, stream);
}

}  // namespace

LaunchResult LoadKernels() {
  cudaError_t error = cudaSuccess;
  ForEachCode([&error](const Code& code) {
    if (error == cudaSuccess) error = Load(KernelOf(code).entry);
  });
  return error;
}

LaunchResult Launch(absl::Span<const Group> groups, const void* table, void* scratch,
                    void* stream) {
  Card card;
  const bool asks = std::any_of(groups.begin(), groups.end(), [](const Group& group) {
    return IsOfHalves(group.code.work) || MayFetchAhead(KernelOf(group.code), group);
  });
  cudaError_t error = asks ? Find(card) : cudaSuccess;
  for (const Group& group : groups) {
    if (error != cudaSuccess) return error;
    const Kernel kernel = KernelOn(card, group.code);
    if (kernel.entry == nullptr) continue;
    GroupView view = ViewOf(group, table, scratch);
    if (MayFetchAhead(kernel, group)) error = FindBlocksAhead(card, kernel, view);
    if (error == cudaSuccess) error = Launch(card, kernel, view, static_cast<cudaStream_t>(stream));
  }
  return error;
}

void RunOnHost(absl::Span<const Group> groups, const void* table, void* scratch) {
  constexpr Card kOfAnySize = {1, std::numeric_limits<int>::max()};
  for (const Group& group : groups) {
    const Kernel kernel = KernelOn(kOfAnySize, group.code);
    if (kernel.entry != nullptr) kernel.on_host(ViewOf(group, table, scratch));
  }
}

}  // namespace activation::cuda
