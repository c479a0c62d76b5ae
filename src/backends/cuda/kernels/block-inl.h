// A block of threads that work together, written as phases: what is between two of them is
// in memory they share. On the host a phase is a loop over the threads. Include in .cu files
// after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_BLOCK_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_BLOCK_INL_H_

#include "src/backends/cuda/kernels/fetch_ahead.h"
#include "src/backends/cuda/kernels/kernel.h"

// A function that is part of whoever calls it, so that what it takes by reference is in registers.
#define ACT_PART __host__ __device__ __forceinline__

namespace activation::cuda {

// The same number, but for all that the compiler knows another: what follows from it is computed
// again, where registers would else keep it.
template <class T>
ACT_FN T Again(T number) {
#ifdef __CUDA_ARCH__
  if constexpr (sizeof(T) == sizeof(uint64_t)) asm volatile("" : "+l"(number));
  if constexpr (sizeof(T) == sizeof(uint32_t)) asm volatile("" : "+r"(number));
#endif
  return number;
}

// phase(thread) by every thread of the block; whoever comes next sees what it wrote.
template <class Phase>
ACT_FN void EachThread(Phase phase) {
#ifdef __CUDA_ARCH__
  phase(threadIdx.x);
  __syncthreads();
#else
  for (unsigned thread = 0; thread < kThreads; ++thread) phase(thread);
#endif
}

// phase(thread) by every thread, none of which waits for another: what a phase leaves for the next
// is each thread's own.
template <class Phase>
ACT_FN void EachLane(Phase phase) {
#ifdef __CUDA_ARCH__
  phase(threadIdx.x);
#else
  for (unsigned thread = 0; thread < kThreads; ++thread) phase(thread);
#endif
}

// As EachThread, by one of them.
template <class Phase>
ACT_FN void OneThread(Phase phase) {
  EachThread([&](unsigned thread) {
    if (thread == 0) phase();
  });
}

// Who waits for whom between two phases.
enum class Team : uint8_t { kWarp, kBlock };

// phase(thread) by every thread of the block; whoever of its team comes next sees what it wrote. On
// the host a block is one team. Each phase finds its addresses by the thread again.
template <class Phase>
ACT_FN void EachThread(Team team, Phase phase) {
#ifdef __CUDA_ARCH__
  phase(Again(threadIdx.x));
  if (team == Team::kBlock) {
    __syncthreads();
  } else {
    __syncwarp();
  }
#else
  static_cast<void>(team);
  EachThread(phase);
#endif
}

// The same, and whether phase(thread) is true of any in the team.
template <class Phase>
ACT_FN bool AnyThread(Team team, Phase phase) {
#ifdef __CUDA_ARCH__
  const bool own = phase(Again(threadIdx.x));
  if (team == Team::kBlock) return __syncthreads_or(own) != 0;
  __syncwarp();
  return __any_sync(~0U, own) != 0;
#else
  static_cast<void>(team);
  bool any = false;
  for (unsigned thread = 0; thread < kThreads; ++thread) any |= phase(thread);
  return any;
#endif
}

// All loads before it are under way when what comes after it begins: compilers would use the first
// before they ask for the last. By all threads of a warp.
ACT_FN void FinishAsking() {
#ifdef __CUDA_ARCH__
  __syncwarp();
#endif
}

// What each thread keeps to itself from one phase to another: in its registers, and on the host one
// beside the other.
template <class T>
class OfEachThread {
 public:
#ifdef __CUDA_ARCH__
  ACT_FN T& operator[](unsigned) { return own_; }

 private:
  T own_;
#else
  ACT_FN T& operator[](unsigned thread) { return all_[thread]; }

 private:
  T all_[kThreads];
#endif
};

// Adds to memory that threads of a block share.
ACT_FN void AddShared(int64_t term, int64_t& to) {
#ifdef __CUDA_ARCH__
  atomicAdd(reinterpret_cast<unsigned long long*>(&to), static_cast<unsigned long long>(term));
#else
  to += term;
#endif
}

ACT_FN void OrShared(unsigned bits, unsigned& to) {
#ifdef __CUDA_ARCH__
  atomicOr(&to, bits);
#else
  to |= bits;
#endif
}

ACT_FN void CountShared(unsigned& count) {
#ifdef __CUDA_ARCH__
  atomicAdd(&count, 1U);
#else
  ++count;
#endif
}

// Blocks that are to be on a multiprocessor at a time, which bounds the registers of each thread;
// 0 for the compiler's choice.
template <class Does>
constexpr int LeastBlocks() {
  if constexpr (requires { Does::kBlocks; }) return Does::kBlocks;
  return 0;
}

// A kernel of which each block does a tile: Does::Block(group, tile, shared), where shared
// is a Does::Shared as it comes.
template <class Does>
__global__ void __launch_bounds__(kThreads, LeastBlocks<Does>())
    BlockKernel(const __grid_constant__ GroupView group) {
  __shared__ typename Does::Shared shared;
  Tile tile = FindTile(group, blockIdx.x);
  if constexpr (requires { Does::kTensors; }) {
    tile.ahead = TilesAhead(group, blockIdx.x, gridDim.x, 1);
  }
  Does::Block(group, tile, shared);
}

template <class Does>
void BlocksOnHost(const GroupView& group) {
  typename Does::Shared shared;  // as it comes
  for (uint64_t tile = 0; tile < group.tiles; ++tile) {
    Does::Block(group, FindTile(group, tile), shared);
  }
}

// Where tiles are to be fetched ahead, Does::kTensors are read.
template <class Does>
Kernel KernelOfBlocks() {
  Kernel kernel = {.entry = reinterpret_cast<const void*>(&BlockKernel<Does>),
                   .on_host = BlocksOnHost<Does>,
                   .threads = kThreads,
                   .tiles_per_block = 1};
  if constexpr (requires { Does::kTensors; }) {
    kernel.block_reads = Does::kTensors * kBlockLineBytes;
    kernel.in_phases = true;
  }
  return kernel;
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_BLOCK_INL_H_
