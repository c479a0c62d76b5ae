// A block of threads that work together, written as phases: what is between two of them is
// in memory they share. On the host a phase is a loop over the threads. Include in .cu files
// after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_BLOCK_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_BLOCK_INL_H_

#include "src/backends/cuda/kernel.h"

namespace activation::cuda {

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

// The same by one of them.
template <class Phase>
ACT_FN void OneThread(Phase phase) {
  EachThread([&](unsigned thread) {
    if (thread == 0) phase();
  });
}

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
  Does::Block(group, FindTile(group, blockIdx.x), shared);
}

template <class Does>
void BlocksOnHost(const GroupView& group) {
  typename Does::Shared shared;  // as it comes
  for (uint64_t tile = 0; tile < group.tiles; ++tile) {
    Does::Block(group, FindTile(group, tile), shared);
  }
}

template <class Does>
Kernel KernelOfBlocks() {
  return {reinterpret_cast<const void*>(&BlockKernel<Does>), BlocksOnHost<Does>, kThreads, 1};
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_BLOCK_INL_H_
