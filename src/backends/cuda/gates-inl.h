// Kernels of gated functions: y = a g(b) of the halves of a tensor, or the gradients by
// both, a tile of y by each warp. Include in .cu files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_GATES_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_GATES_INL_H_

#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/channel_walk.h"
#include "src/backends/cuda/rounding-inl.h"

namespace activation::cuda {

// w g(b), or w a g'(b); NaN where a or b is.
template <class F, bool kSlope>
struct GateFormula {
  static constexpr bool kNanOfLast = true;
  static constexpr bool kHasFast = false;
  static constexpr bool kFastIsQuick = true;
  static constexpr bool kIsDouble = false;
  // Products have nothing that a warp does in another way.
  static constexpr bool kIsPlain = requires(Number<double> b) {
    F::template GateProduct<Number<double>>(b, b);
  };
  static constexpr bool kRoundsOnce = false;

  static ACT_FN bool IsSure(const Params&) { return false; }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Of(N b, N w, N a, const Params&) {
    if constexpr (kSlope) {
      return OfProduct<BySlope<F>, G>(w, a, b);
    } else {
      return F::template Gate<G>(w, b);
    }
  }
};

// Runs that begin up to `elements` after the beginning of one. Rarely needed, so never inlined.
inline __noinline__ __host__ __device__ uint64_t Runs(uint32_t elements, uint32_t run) {
  return 1 + elements / run;
}

// Where element i of y, of a tile of few elements, comes from: in memory a run of a is followed by
// one of b. A run is as good as always longer than a tile, so that one division does for it.
class Halves {
 public:
  ACT_FN Halves(uint64_t run, uint64_t begin) : run_(run), begin_(begin) {
    const Division before = Divide(begin, run);
    skipped_ = before.whole * run;
    left_ = Clamp(run - before.rest);
  }

  ACT_FN uint64_t A(uint64_t i) const {
    const auto offset = static_cast<uint32_t>(i - begin_);
    const uint64_t a = i + skipped_;
    return offset < left_ ? a : a + Runs(offset - left_, Clamp(run_)) * run_;
  }
  ACT_FN uint64_t B(uint64_t i) const { return A(i) + run_; }

 private:
  // What is longer than a tile may be shorter.
  static ACT_FN uint32_t Clamp(uint64_t elements) {
    constexpr uint64_t kMost = 0xffffffff;
    return static_cast<uint32_t>(elements < kMost ? elements : kMost);
  }

  uint64_t run_;
  uint64_t begin_;
  uint64_t skipped_;  // elements of b before the run in which the tile begins
  uint32_t left_;     // of that run
};

template <class F, Direction kDirection, Tier kTier, DType kType>
struct GateTile {
  using T = TypeOf<kType>;
  // As many as do without local memory.
  static constexpr int kBlocks = [] {
    constexpr bool kGradient = kDirection == Direction::kGradient;
    if (sizeof(T) == 4) return !kGradient ? 6 : kTier == Tier::kFast ? 5 : 4;
    return kGradient && sizeof(T) == 2 ? 3 : 4;
  }();

  static ACT_FN void Lane(const Tile& tile, unsigned lane) {
    const DeviceJob& job = *tile.job;
    const uint64_t begin = tile.index * TileElements(kType);
    const uint64_t run = job.extent / 2 * job.inner;
    const Halves halves(run, begin);
    const uint64_t count = job.count / 2;
    const bool in_vectors = begin + TileElements(kType) <= count &&
                            run % LaneTile<T>::kWidth == 0 && IsAligned(job.x, kVectorBytes) &&
                            IsAligned(job.dy, kVectorBytes) && IsAligned(job.out, kVectorBytes);
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
