// Threads of a block of which some do a row together: what each has of its own from one phase to
// the next, and what those of a row come to together, by shuffles and, beyond a warp, by memory
// that they share. On the host phases are loops. Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LANES_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LANES_INL_H_

#include <cstring>

#include "src/backends/cuda/kernels/block-inl.h"
#include "src/backends/cuda/kernels/exact_rows.h"

namespace activation::cuda {

// Whether phase(thread) is true of any thread; whoever comes next sees what all of them wrote.
template <class Phase>
ACT_FN bool AnyThread(Phase phase) {
#ifdef __CUDA_ARCH__
  return __syncthreads_or(phase(threadIdx.x) ? 1 : 0) != 0;
#else
  bool any = false;
  for (unsigned thread = 0; thread < kThreads; ++thread) any |= phase(thread);
  return any;
#endif
}

// What the lane has whose number differs in these bits.
template <class T>
ACT_FN T OfOtherLane(OfEachThread<T>& values, unsigned thread, unsigned bits) {
#ifdef __CUDA_ARCH__
  static_assert(sizeof(T) % sizeof(unsigned) == 0);
  unsigned words[sizeof(T) / sizeof(unsigned)];
  std::memcpy(words, &values[thread], sizeof(T));
  for (unsigned& word : words) word = __shfl_xor_sync(~0U, word, bits);
  T other;
  std::memcpy(&other, words, sizeof(T));
  return other;
#else
  return values[thread ^ bits];
#endif
}

ACT_FN unsigned Both(unsigned a, unsigned b) { return a | b; }

// Has every lane of a row have what they all come to by Both(a, b), which is the same for (b, a).
// `staged` is memory that nothing else is in, and that all have read when it is used again.
template <class T>
ACT_FN void AddUpLanes(const RowLanes& lanes, OfEachThread<T>& values, T (&staged)[kThreads]) {
#pragma unroll 1
  for (unsigned bit = lanes.first(); bit < kLanes && bit < lanes.end(); bit *= 2) {
#ifdef __CUDA_ARCH__
    values[0] = Both(values[0], OfOtherLane(values, 0, bit));
#else
    OfEachThread<T> sums;
    EachLane([&](unsigned thread) {
      sums[thread] = Both(values[thread], OfOtherLane(values, thread, bit));
    });
    values = sums;
#endif
  }
  if (lanes.end() <= kLanes) return;
  EachThread([&](unsigned thread) { staged[thread] = values[thread]; });
  EachLane([&](unsigned thread) {
    const unsigned step = lanes.first() < kLanes ? kLanes : lanes.first();
    const unsigned first = thread & ~(lanes.end() - step);
    T sum = staged[first];
#pragma unroll 1
    for (unsigned i = step; i < lanes.end(); i += step) sum = Both(sum, staged[first + i]);
    values[thread] = sum;
  });
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LANES_INL_H_
