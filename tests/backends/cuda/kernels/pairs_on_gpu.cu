#include <cuda_runtime.h>

#include "tests/backends/cuda/kernels/gpu_room.h"
#include "tests/backends/cuda/kernels/pairs_on_gpu.h"

namespace activation::cuda {
namespace {

constexpr uint32_t kBlock = uint32_t{1} << 26;  // pairs at a time

struct Found {
  unsigned long long differences;
  unsigned first;
};

__global__ void Fill(uint32_t first, uint16_t* x, uint16_t* dy) {
  const uint32_t step = gridDim.x * blockDim.x;
  for (uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < kBlock; i += step) {
    x[i] = static_cast<uint16_t>(first + i);
    dy[i] = static_cast<uint16_t>((first + i) >> 16);
  }
}

__global__ void Compare(uint32_t first, const uint16_t* a, const uint16_t* b, Found* found) {
  const uint32_t step = gridDim.x * blockDim.x;
  for (uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < kBlock; i += step) {
    if (a[i] == b[i]) continue;
    atomicAdd(&found->differences, 1ULL);
    atomicMin(&found->first, first + i);
  }
}

// In parts that are too short for a table.
std::vector<Evaluation> Parts(const Evaluation& whole) {
  constexpr uint32_t kPart = kLeastLookedUp / 2;
  static_assert(kBlock % kPart == 0);
  std::vector<Evaluation> parts;
  for (uint32_t begin = 0; begin < kBlock; begin += kPart) {
    Evaluation part = whole;
    part.count = kPart;
    part.x = static_cast<const uint16_t*>(whole.x) + begin;
    part.dy = static_cast<const uint16_t*>(whole.dy) + begin;
    part.out = static_cast<uint16_t*>(whole.out) + begin;
    parts.push_back(part);
  }
  return parts;
}

}  // namespace

GpuPairs CompareEveryPair(Evaluation evaluation) {
  GpuRoom room;
  constexpr size_t kBytes = kBlock * sizeof(uint16_t);
  auto* const x = room.Take<uint16_t>(kBytes);
  auto* const dy = room.Take<uint16_t>(kBytes);
  auto* const by_table = room.Take<uint16_t>(kBytes);
  auto* const computed = room.Take<uint16_t>(kBytes);
  auto* const found = room.Take<Found>(sizeof(Found));
  evaluation.direction = Direction::kGradient;
  evaluation.count = kBlock;
  evaluation.x = x;
  evaluation.dy = dy;
  evaluation.out = by_table;
  GpuTable whole(absl::MakeConstSpan(&evaluation, 1), room);
  evaluation.out = computed;
  GpuTable parts(Parts(evaluation), room);
  if (!room.error().empty()) return {room.error()};
  room.Check(cudaMemset(found, 0xff, sizeof(Found)));
  room.Check(cudaMemset(&found->differences, 0, sizeof(found->differences)));
  for (uint64_t first = 0; first < uint64_t{1} << 32; first += kBlock) {
    Fill<<<kBlocks, kThreadsOfBlock>>>(static_cast<uint32_t>(first), x, dy);
    whole.Launch();
    parts.Launch();
    Compare<<<kBlocks, kThreadsOfBlock>>>(static_cast<uint32_t>(first), by_table, computed, found);
    room.Check(cudaGetLastError());
  }
  Found copy = {};
  room.Check(cudaMemcpy(&copy, found, sizeof(copy), cudaMemcpyDeviceToHost));
  return {room.error(), copy.differences, copy.first};
}

}  // namespace activation::cuda
