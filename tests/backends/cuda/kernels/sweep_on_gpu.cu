#include <cuda_runtime.h>

#include "tests/accuracy/bit_hash.h"
#include "tests/backends/cuda/kernels/gpu_room.h"
#include "tests/backends/cuda/kernels/sweep_on_gpu.h"

namespace activation::cuda {
namespace {

constexpr uint64_t kBlock = uint64_t{1} << 26;  // inputs at a time

// What is added up over all inputs.
struct Sums {
  unsigned long long hash;
  unsigned long long inputs;
};

__global__ void Fill(uint32_t first, uint32_t* x) {
  const uint64_t step = uint64_t{gridDim.x} * blockDim.x;
  for (uint64_t i = uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < kBlock; i += step) {
    x[i] = first + static_cast<uint32_t>(i);
  }
}

__global__ void Hash(const uint32_t* x, const uint32_t* y, Sums* sums) {
  const uint64_t step = uint64_t{gridDim.x} * blockDim.x;
  Sums own = {};
  for (uint64_t i = uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < kBlock; i += step) {
    if ((x[i] & 0x7f800000) == 0x7f800000) continue;
    own.hash += accuracy::Mix(accuracy::Mix(x[i]) ^ y[i]);
    ++own.inputs;
  }
  atomicAdd(&sums->hash, own.hash);
  atomicAdd(&sums->inputs, own.inputs);
}

}  // namespace

GpuSweep SweepEveryFloat(Evaluation evaluation) {
  GpuRoom room;
  auto* const x = room.Take<uint32_t>(kBlock * sizeof(uint32_t));
  auto* const y = room.Take<uint32_t>(kBlock * sizeof(uint32_t));
  auto* const sums = room.Take<Sums>(sizeof(Sums));
  evaluation.count = kBlock;
  evaluation.x = x;
  evaluation.out = y;
  GpuTable table(absl::MakeConstSpan(&evaluation, 1), room);
  if (!room.error().empty()) return {room.error()};
  room.Check(cudaMemset(sums, 0, sizeof(Sums)));
  for (uint64_t first = 0; first < uint64_t{1} << 32; first += kBlock) {
    Fill<<<kBlocks, kThreadsOfBlock>>>(static_cast<uint32_t>(first), x);
    room.Check(cudaGetLastError());
    table.Launch();
    Hash<<<kBlocks, kThreadsOfBlock>>>(x, y, sums);
    room.Check(cudaGetLastError());
  }
  Sums found = {};
  room.Check(cudaMemcpy(&found, sums, sizeof(found), cudaMemcpyDeviceToHost));
  return {room.error(), found.hash, found.inputs};
}

}  // namespace activation::cuda
