// Kernels of gated functions: y = a g(b) of the halves of a tensor, or the gradients by
// both, a tile of y by each warp. Include in .cu files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_GATES_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_GATES_INL_H_

#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/rounding-inl.h"

namespace activation::cuda {

// w g(b), or w a g'(b); NaN where a or b is.
template <class F, bool kSlope>
struct GateFormula {
  static constexpr bool kNanOfLast = true;
  static constexpr bool kHasFast = false;
  static constexpr bool kFastIsQuick = true;
  static constexpr bool kIsDouble = false;
  static constexpr bool kRoundsOnce = false;

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Of(N b, N w, N a, const Params&) {
    if constexpr (kSlope) {
      return OfProduct<BySlope<F>, G>(w, a, b);
    } else {
      return F::template Gate<G>(w, b);
    }
  }
};

// Where element i of y comes from: in memory a run of a is followed by one of b.
struct Halves {
  uint64_t run;

  ACT_FN uint64_t A(uint64_t i) const { return i + i / run * run; }
  ACT_FN uint64_t B(uint64_t i) const { return A(i) + run; }
};

template <class F, Direction kDirection, Tier kTier, DType kType>
struct GateTile {
  using T = TypeOf<kType>;
  // Gradients of 16 elements a thread need more registers than 4 blocks leave.
  static constexpr int kBlocks = kDirection == Direction::kGradient && sizeof(T) == 2 ? 3 : 4;

  static ACT_FN void Lane(const Tile& tile, unsigned lane) {
    const DeviceJob& job = *tile.job;
    const Halves halves = {job.extent / 2 * job.inner};
    const uint64_t begin = tile.index * TileElements(kType);
    const uint64_t count = job.count / 2;
    const bool in_vectors = begin + TileElements(kType) <= count &&
                            halves.run % LaneTile<T>::kWidth == 0 &&
                            IsAligned(job.x, kVectorBytes) && IsAligned(job.dy, kVectorBytes) &&
                            IsAligned(job.out, kVectorBytes);
    const LaneTile<T> part(begin, count, lane, in_vectors);
    const auto of_a = [=](uint64_t i) { return halves.A(i); };
    const auto of_b = [=](uint64_t i) { return halves.B(i); };
    const LaneInput a(part, job.x, T{0}, of_a);
    LaneInput b(part, job.x, T{0}, of_b);
    LaneValues<T> out;
    if constexpr (kDirection == Direction::kForward) {
      ComputeLane<GateFormula<F, false>, kTier, kType>(part, b, a, a, Params(), out);
      part.Store(out, job.out);
    } else {
      const LaneInput<T> dy(part, job.dy, Storage<kType>::kOne);
      ComputeLane<GateFormula<F, false>, kTier, kType>(part, b, dy, a, Params(), out);
      part.Store(out, job.out, of_a);
      b.Forget();
      ComputeLane<GateFormula<F, true>, kTier, kType>(part, b, dy, a, Params(), out);
      part.Store(out, job.out, of_b);
    }
  }
};

template <Tier kTier, DType kType, class F>
Kernel KernelOfGates(Direction direction) {
  return direction == Direction::kForward
             ? KernelOfWarps<GateTile<F, Direction::kForward, kTier, kType>>()
             : KernelOfWarps<GateTile<F, Direction::kGradient, kTier, kType>>();
}

template <Tier kTier, DType kType, class... Functions>
Kernel GatesOf(const Code& code, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])(Direction) = {KernelOfGates<kTier, kType, Functions>...};
  return kKernels[code.place](code.direction);
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_GATES_INL_H_
