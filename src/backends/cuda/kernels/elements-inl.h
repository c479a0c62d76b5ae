// Elementwise kernels: f(x) or dy f'(x), a tile of a tensor by each warp. Include in .cu
// files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ELEMENTS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ELEMENTS_INL_H_

#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/rounding-inl.h"

namespace activation::cuda {

// A function's formula for one direction, and what its struct says about it
// (definitions-inl.h).
template <class F, bool kIsGradient>
struct ElementFormula {
  static constexpr bool kGradient = kIsGradient;
  // Bound on the error of the quick formula (error_bound.h).
  static constexpr uint32_t kErrorUnits = activation::kErrorUnits;
  static constexpr bool kHasFast = kGradient ? kHasFastGradient<F> : kHasFastForward<F>;
  // Whether FAST is the quick formula untested, where it is none of its own.
  static constexpr bool kFastIsQuick = false;
  // Bound on the error of the FAST formula, in units of 2^-23 relative to the result.
  static constexpr int kFastUnits = kGradient ? 4 : 2;
  static constexpr bool kIsDouble = requires { F::kExactInDouble; };
  // Whether doubles are plain numbers: quotients by zero and infinity are to be right.
  static constexpr bool kIsPlain = kGradient && requires { F::kGradientDividesByAny; };
  // Whether a result that is NaN is in doubt, whatever x is: to leave out an x that is NaN takes
  // more instructions, of every element.
  static constexpr bool kNanIsInDoubt = requires { F::kNanIsInDoubt; };
  // Whether FAST needs more registers than is usual.
  static constexpr bool kIsWide = [] {
    if constexpr (kGradient) return requires {
        F::kWideFastGradient;
      };
    return requires { F::kWideForward; };
  }();
  // Whether a formula in floats rounds once at most.
  static constexpr bool kRoundsOnce = cuda::kRoundsOnce<F, kGradient, Number<double>>;

  // Whether the grade Quick leaves nothing in doubt.
  static ACT_FN bool IsSure(const Params& params) {
    if constexpr (!kGradient && requires { F::IsExactInDouble(params); }) {
      return F::IsExactInDouble(params);
    }
    return kIsDouble;
  }

  template <class G, class N = NumberOf<G>>
  static ACT_FN auto Of(N x, N dy, N, const Params& params) {
    if constexpr (kGradient) {
      return F::template Gradient<G>(x, dy, params);
    } else {
      return F::template Forward<G>(x, params);
    }
  }
};

// Blocks of a formula that are to be on a multiprocessor at a time, so that its memory is asked for
// enough at a time: 48 KiB where only x is read, and 12 blocks' registers do for a formula in
// floats (docs/performance_gpu.md, "Bytes in flight"). As many as do without local memory on any
// architecture.
template <class Formula, Tier kTier, DType kType>
constexpr int BlocksOfElements() {
  // Results in two words need more registers, and do not wait for memory.
  if (kType == DType::kF64) return 4;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
  // There the lesser of two halves (WithOneNan) takes several instructions and their registers.
  constexpr int kOfHalves = 10;
#else
  constexpr int kOfHalves = 12;
#endif
  if (kType != DType::kF32 && Formula::kRoundsOnce) return Formula::kGradient ? 8 : kOfHalves;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
  // There nvcc 13.0 takes more registers, all of 168 for gelu_tanh'.
  if (kType != DType::kF32) return Formula::kGradient ? 2 : 3;
#else
  // Short tensors, and long ones where there is no room for their tables (half_tables.h).
  if (kType != DType::kF32) return 4;
#endif
  constexpr bool kFast = kTier == Tier::kFast;
  if (Formula::kGradient) return kFast && !Formula::kIsWide ? 6 : 5;
  if (Formula::kIsWide) return kFast ? 10 : 8;
  return kFast && Formula::kHasFast ? 12 : 8;
}

template <class Formula, Tier kTier, DType kType>
struct ElementTile {
  using T = TypeOf<kType>;
  static constexpr int kBlocks = BlocksOfElements<Formula, kTier, kType>();
  // Long tensors of 16 bits are looked up, or round once.
  static constexpr unsigned kTensors = sizeof(T) == 2 ? 0 : Formula::kGradient ? 2 : 1;

  static ACT_FN void Lane(const Tile& tile, unsigned lane) {
    const DeviceJob& job = *tile.job;
    const uint64_t begin = tile.index * TileElements(kType);
    const void* const from_dy = Formula::kGradient ? job.dy : nullptr;
    const bool in_vectors = IsInVectors<T>(job, begin + TileElements(kType), job.count);
    const LaneTile<T> part(begin, job.count, lane, in_vectors);
    const LaneInput<T> x(part, job.x, T{0});
    const LaneInput<T> dy(part, from_dy, Storage<kType>::kOne);
    if constexpr (kTensors > 0) part.FetchAhead(tile, job.x, from_dy);
    LaneValues<T> out;
    const Params params = job.params;
    ComputeLane<Formula, kTier, kType>(part, x, dy, dy, params, out);
    part.Store(out, job.out);
  }
};

template <Tier kTier, DType kType, class F>
Kernel KernelOfElements(Direction direction) {
  return direction == Direction::kForward
             ? KernelOfWarps<ElementTile<ElementFormula<F, false>, kTier, kType>>()
             : KernelOfWarps<ElementTile<ElementFormula<F, true>, kTier, kType>>();
}

template <Tier kTier, DType kType, class... Functions>
Kernel ElementsOf(const Code& code, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])(Direction) = {KernelOfElements<kTier, kType, Functions>...};
  return kKernels[code.place](code.direction);
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ELEMENTS_INL_H_
