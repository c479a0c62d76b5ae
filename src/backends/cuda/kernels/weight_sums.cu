// Gradients by the weights of per-channel functions: exact sums of kWeightSumElements
// elements to scratch, by a block each, then what those add up to.
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/channel_walk.h"
#include "src/backends/cuda/kernels/exact_chunks-inl.h"
#include "src/backends/cuda/kernels/kernel_by_type.h"
#include "src/backends/cuda/kernels/storage-inl.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"

namespace activation::cuda {
namespace {

ACT_FN ExactChunks* SumsOf(const GroupView& group, const DeviceJob& job, uint64_t index) {
  return reinterpret_cast<ExactChunks*>(group.scratch + job.scratch + index * kWeightSumBytes);
}

template <class F, DType kType>
struct SumTile {
  using T = TypeOf<kType>;
  using N = Number<double>;

  struct Shared {
    ExactChunks sum;
    ThreadSums parts[1];
  };

  static ACT_FN void Block(const GroupView& group, const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const uint64_t sums = SumsOfWeight(job.count, job.weight_count);
    const uint64_t weight = tile.index / sums;
    const uint64_t begin = tile.index % sums * kWeightSumElements;
    const uint64_t count = job.count / job.weight_count;
    const uint64_t end = begin + kWeightSumElements < count ? begin + kWeightSumElements : count;
    EachThread([&](unsigned thread) { shared.sum.Clear(thread); });
    EachThread([&](unsigned thread) {
      ThreadSum own;
      for (uint64_t i = begin + thread; i < end; i += kThreads) {
        own.Add(Term(job, IndexOf(job, weight, i)), shared.sum);
      }
      own.Leave(thread, shared.parts[0]);
    });
    AddUp(shared.parts, shared.sum);
    EachThread([&](unsigned thread) { shared.sum.Store(thread, *SumsOf(group, job, tile.index)); });
  }

 private:
  // Where the i-th element of a weight is.
  static ACT_FN uint64_t IndexOf(const DeviceJob& job, uint64_t weight, uint64_t i) {
    if (job.weight_count == 1) return i;
    const Division run = Divide(i, job.inner);
    return (run.whole * job.extent + weight) * job.inner + run.rest;
  }

  static ACT_FN double Term(const DeviceJob& job, uint64_t i) {
    using To = Storage<kType>;
    const N x = {static_cast<double>(To::Widen(LoadElement<T>(job.x, i)))};
    const N dy = {job.dy == nullptr ? 1.0
                                    : static_cast<double>(To::Widen(LoadElement<T>(job.dy, i)))};
    const N term = F::WeightTerm(x, dy);
    const bool nan = x.v != x.v || term.v != term.v;
    return nan ? std::numeric_limits<double>::quiet_NaN() : term.v;
  }
};

struct TotalTile {
  struct Shared {
    ExactChunks sum;
  };

  static ACT_FN void Block(const GroupView& group, const Tile& tile, Shared& shared) {
    const DeviceJob& job = *tile.job;
    const uint64_t sums = SumsOfWeight(job.count, job.weight_count);
    EachThread([&](unsigned thread) { shared.sum.Clear(thread); });
    EachThread([&](unsigned thread) {
      shared.sum.AddAll(thread, sums, [&](uint64_t i) -> const ExactChunks& {
        return *SumsOf(group, job, tile.index * sums + i);
      });
    });
    OneThread([&] {
      double high;
      double low;
      shared.sum.Total(high, low);
      StoreElement(high, job.weight_gradient, tile.index);
    });
  }
};

template <DType kType, class... Functions>
Kernel SumsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {KernelOfBlocks<SumTile<Functions, kType>>...};
  return kKernels[place]();
}

}  // namespace

Kernel WeightSums(const Code& code) {
  return KernelByType(
      code.dtype, [&]<DType kType>() { return SumsOf<kType>(code.place, PerChannelFunctions()); });
}

Kernel WeightTotals(const Code&) { return KernelOfBlocks<TotalTile>(); }

}  // namespace activation::cuda
