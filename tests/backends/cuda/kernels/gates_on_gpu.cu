#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "tests/backends/cuda/kernels/gates_on_gpu.h"
#include "tests/backends/cuda/kernels/gpu_room.h"

namespace activation::cuda {
namespace {

constexpr uint32_t kBlock = uint32_t{1} << 26;  // pairs at a time

struct Found {
  unsigned long long compared;
  unsigned long long differences;
  unsigned first;
};

__device__ float Widen(uint16_t bits, bool is_f16) {
  return is_f16 ? __half2float(__ushort_as_half(bits)) : __uint_as_float(uint32_t{bits} << 16);
}

// The one NaN for any.
__device__ uint16_t Narrow(float y, bool is_f16) {
  if (y != y) return is_f16 ? 0x7e00 : 0x7fc0;
  return is_f16 ? __half_as_ushort(__float2half_rn(y))
                : __bfloat16_as_ushort(__float2bfloat16_rn(y));
}

// All of a, then all of b, in both types.
__global__ void Fill(uint32_t first, bool is_f16, uint16_t* narrow, float* wide) {
  const uint32_t step = gridDim.x * blockDim.x;
  for (uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < kBlock; i += step) {
    const auto a = static_cast<uint16_t>((first + i) >> 16);
    const auto b = static_cast<uint16_t>(first + i);
    narrow[i] = a;
    narrow[kBlock + i] = b;
    wide[i] = Widen(a, is_f16);
    wide[kBlock + i] = Widen(b, is_f16);
  }
}

__global__ void Compare(uint32_t first, bool is_f16, uint32_t results, const uint16_t* narrow,
                        const float* wide, Found* found) {
  const uint32_t step = gridDim.x * blockDim.x;
  Found own = {0, 0, ~0U};
  for (uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < results; i += step) {
    const uint32_t bits = __float_as_uint(wide[i]);
    const uint32_t size = bits & 0x7fffffff;
    // What is a float already has no neighbours to be mistaken for.
    const bool is_special = size == 0 || size >= 0x7f800000;
    if (!is_special &&
        Narrow(__uint_as_float(bits - 1), is_f16) != Narrow(__uint_as_float(bits + 1), is_f16))
      continue;
    ++own.compared;
    if (Narrow(wide[i], is_f16) == narrow[i]) continue;
    ++own.differences;
    own.first = min(own.first, first + i % kBlock);
  }
  atomicAdd(&found->compared, own.compared);
  atomicAdd(&found->differences, own.differences);
  atomicMin(&found->first, own.first);
}

}  // namespace

GpuGates CompareEveryGate(Evaluation evaluation) {
  GpuRoom room;
  const bool is_f16 = evaluation.dtype == DType::kF16;
  constexpr size_t kElements = 2 * size_t{kBlock};
  auto* const narrow_x = room.Take<uint16_t>(kElements * sizeof(uint16_t));
  auto* const narrow_y = room.Take<uint16_t>(kElements * sizeof(uint16_t));
  auto* const wide_x = room.Take<float>(kElements * sizeof(float));
  auto* const wide_y = room.Take<float>(kElements * sizeof(float));
  auto* const found = room.Take<Found>(sizeof(Found));
  evaluation.count = kElements;
  evaluation.layout = {1, kElements, 1};
  evaluation.x = narrow_x;
  evaluation.out = narrow_y;
  GpuTable narrow(absl::MakeConstSpan(&evaluation, 1), room);
  evaluation.dtype = DType::kF32;
  evaluation.x = wide_x;
  evaluation.out = wide_y;
  GpuTable wide(absl::MakeConstSpan(&evaluation, 1), room);
  if (!room.error().empty()) return {room.error()};
  room.Check(cudaMemset(found, 0, sizeof(Found)));
  room.Check(cudaMemset(&found->first, 0xff, sizeof(found->first)));
  const uint32_t results = evaluation.direction == Direction::kForward ? kBlock : 2 * kBlock;
  for (uint64_t first = 0; first < uint64_t{1} << 32; first += kBlock) {
    Fill<<<kBlocks, kThreadsOfBlock>>>(static_cast<uint32_t>(first), is_f16, narrow_x, wide_x);
    narrow.Launch();
    wide.Launch();
    Compare<<<kBlocks, kThreadsOfBlock>>>(static_cast<uint32_t>(first), is_f16, results, narrow_y,
                                          wide_y, found);
    room.Check(cudaGetLastError());
  }
  Found copy = {};
  room.Check(cudaMemcpy(&copy, found, sizeof(copy), cudaMemcpyDeviceToHost));
  return {room.error(), copy.compared, copy.differences, copy.first};
}

}  // namespace activation::cuda
