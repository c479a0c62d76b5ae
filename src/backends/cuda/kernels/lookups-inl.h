// Kernels of elementwise functions of long tensors of 16 bits, by lookup (half_tables.h): those
// that fill a table, and those that look up. Include in .cu files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LOOKUPS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LOOKUPS_INL_H_

#include "src/backends/cuda/kernels/slope_lookup-inl.h"

namespace activation::cuda {

// Results of either type: elements by the bits of elements.
class ResultLookup {
 public:
  static constexpr Direction kDirection = Direction::kForward;
  static constexpr uint32_t kTilesAtATime = 8;
  static constexpr unsigned kPartsAhead = 2;
  static constexpr uint16_t kOne = 0;

  ACT_FN ResultLookup(const DeviceJob& job, const void* table)
      : job_(job), results_(static_cast<const uint16_t*>(table)) {}

  template <class Input>
  ACT_FN void Finish(const LaneTile<uint16_t>& part, const Input& x, const Input&) {
    LaneValues<uint16_t> out;
    part.ForEach([&](unsigned v, unsigned k, uint64_t) { out[v].at[k] = results_[x.At(v, k)]; });
    part.Store(out, job_.out);
  }

  ACT_FN void End() {}

 private:
  const DeviceJob& job_;
  const uint16_t* results_;
};

constexpr uint64_t kLookupElements = TileElements(DType::kF16);

// A lane's part of a tile: read when this is made. Input is PackedInput for whole aligned tiles,
// LaneInput<uint16_t> for any.
template <class Does, class Input>
class LookupPart {
 public:
  ACT_FN LookupPart(const DeviceJob& job, uint64_t tile, unsigned lane)
      : part_(tile * kLookupElements, job.count, lane, std::is_same_v<Input, PackedInput>),
        x_(part_, job.x, uint16_t{0}),
        dy_(part_, Does::kDirection == Direction::kGradient ? job.dy : nullptr, Does::kOne) {}

  ACT_FN void Finish(Does& does) const { does.Finish(part_, x_, dy_); }

 private:
  LaneTile<uint16_t> part_;
  Input x_;
  Input dy_;
};

// Tiles for a warp, a few at a time of those that no other has yet: multiprocessors are not equally
// near to the memory, so that equal parts would not be done at the same time. So few that warps are
// near each other in memory, and so many that they do not wait for the counter
// (docs/adr/0022-tables-of-16-bits.md). Asks for the next ones long before it needs to know.
template <uint32_t kAtATime>
class SharedTiles {
 public:
  ACT_FN SharedTiles(uint32_t* taken, unsigned lane) : taken_(taken), lane_(lane) { Ask(); }

  // In order, and beyond the last one where there are no more.
  ACT_FN uint64_t Next() {
#ifdef __CUDA_ARCH__
    if (next_ % kAtATime == 0) {
      next_ = __shfl_sync(~0U, asked_, 0);
      Ask();
    }
#endif
    return next_++;
  }

 private:
  ACT_FN void Ask() {
#ifdef __CUDA_ARCH__
    if (lane_ == 0) asked_ = atomicAdd(taken_, kAtATime);
#endif
  }

  uint32_t* taken_;
  unsigned lane_;
  uint32_t asked_ = 0;
  uint32_t next_ = 0;
};

// All parts of a job that a lane does, one or two more under way while one is computed.
template <class Does>
ACT_FN void LookUp(const DeviceJob& job, uint32_t* taken, unsigned lane, const void* table) {
  constexpr unsigned kAhead = Does::kPartsAhead;
  const bool is_aligned = IsAligned(job.x, kVectorBytes) && IsAligned(job.dy, kVectorBytes) &&
                          IsAligned(job.out, kVectorBytes);
  const uint64_t whole = is_aligned ? job.count / kLookupElements : 0;
  Does does(job, table);
  SharedTiles<Does::kTilesAtATime> shared(taken, lane);
  uint64_t tiles[kAhead + 1];  // the one to be computed and those after it
  for (uint64_t& tile : tiles) tile = shared.Next();
  const auto advance = [&] {
#pragma unroll
    for (unsigned i = 0; i < kAhead; ++i) tiles[i] = tiles[i + 1];
    tiles[kAhead] = shared.Next();
  };
  if (tiles[0] < whole) {
    using Whole = LookupPart<Does, PackedInput>;
    // What is beyond the last one is one again, which costs less than a branch around loads.
    const auto begin = [&](uint64_t tile) {
      return Whole(job, tile < whole ? tile : tiles[0], lane);
    };
    Whole now = begin(tiles[0]);
    Whole soon = kAhead == 2 ? begin(tiles[1]) : now;
#pragma unroll 1
    while (true) {
      const Whole last = begin(tiles[kAhead]);
      now.Finish(does);
      advance();
      if (tiles[0] >= whole) break;
      now = kAhead == 2 ? soon : last;
      soon = last;
    }
  }
#pragma unroll 1
  for (; tiles[0] * kLookupElements < job.count; advance()) {
    LookupPart<Does, LaneInput<uint16_t>>(job, tiles[0], lane).Finish(does);
  }
  does.End();
}

// A kernel whose blocks keep a job's lookup table in shared memory.
template <class Does>
__global__ void __launch_bounds__(LookupThreads(Does::kDirection), 1)
    LookupKernel(const __grid_constant__ GroupView group) {
  extern __shared__ int4 table[];
  constexpr size_t kVectorsOfTable = LookupTableBytes(Does::kDirection) / sizeof(int4);
  for (uint32_t j = 0; j < group.job_count; ++j) {
    const DeviceJob& job = group.jobs[j];
    const auto* const from = reinterpret_cast<const int4*>(group.scratch + job.lookup_table);
    for (unsigned i = threadIdx.x; i < kVectorsOfTable; i += LookupThreads(Does::kDirection)) {
      table[i] = from[i];
    }
    __syncthreads();
    auto* const taken = reinterpret_cast<uint32_t*>(group.scratch + job.lookup_table +
                                                    sizeof(table[0]) * kVectorsOfTable);
    const unsigned lane = threadIdx.x % kLanes;
    LookUp<Does>(job, taken, lane, table);
    __syncthreads();
  }
}

template <class Does>
void LookupsOnHost(const GroupView& group) {
  for (uint32_t j = 0; j < group.job_count; ++j) {
    const DeviceJob& job = group.jobs[j];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      LookUp<Does>(job, nullptr, lane, group.scratch + job.lookup_table);
    }
  }
}

// The kernel that fills a function's tables or looks up in them; none, for either, where formulas
// round once at most: those are as fast as memory is by themselves.
template <DType kType, class Formula>
Kernel KernelOfLookups(Work work) {
  if constexpr (Formula::kRoundsOnce) {
    return {};
  } else if (work == Work::kLookupTables) {
    using Does = TableEntry<Formula, kType>;
    return {reinterpret_cast<const void*>(&TableKernel<Does>), TablesOnHost<Does>, kWarps * kLanes,
            kWarps};
  } else {
    using Does = std::conditional_t<Formula::kGradient, SlopeLookup<Formula, kType>, ResultLookup>;
    constexpr unsigned kThreadsOfBlock = LookupThreads(Does::kDirection);
    return {reinterpret_cast<const void*>(&LookupKernel<Does>), LookupsOnHost<Does>,
            kThreadsOfBlock, kThreadsOfBlock / kLanes, LookupTableBytes(Does::kDirection)};
  }
}

template <DType kType, class F>
Kernel KernelOfLookups(const Code& code) {
  return code.direction == Direction::kForward
             ? KernelOfLookups<kType, ElementFormula<F, false>>(code.work)
             : KernelOfLookups<kType, ElementFormula<F, true>>(code.work);
}

template <DType kType, class... Functions>
Kernel LookupsOf(const Code& code, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])(const Code&) = {KernelOfLookups<kType, Functions>...};
  return kKernels[code.place](code);
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_LOOKUPS_INL_H_
