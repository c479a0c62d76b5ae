// Kernels of gated functions: y = a g(b) of the halves of a tensor, or the gradients by
// both, a tile of y by each warp. Include in .cu files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_GATES_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_GATES_INL_H_

#include <limits>
#include <type_traits>

#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/abreast-inl.h"
#include "src/backends/cuda/kernels/channel_walk.h"
#include "src/backends/cuda/kernels/near_gates-inl.h"
#include "src/backends/cuda/kernels/rounding-inl.h"

namespace activation::cuda {

// What is computed of a, b and, in a gradient, dy.
enum class GateResult { kForward, kByA, kByB };

// a g(b), dy g(b) or dy a g'(b), the weight a or dy being `w`; NaN where a or b is.
template <class F, GateResult kResult>
struct GateFormula {
  static constexpr bool kNanOfLast = true;
  static constexpr uint32_t kErrorUnits = kGateErrorUnits;
  static constexpr bool kRoundsOnce = kIsProduct<F, Number<float>>;
  static constexpr bool kHasFast = kRoundsOnce;
  static constexpr int kFastUnits = 1;
  static constexpr bool kFastIsQuick = !kRoundsOnce;
  static constexpr bool kIsDouble = false;
  static constexpr bool kIsPlain = false;

  static ACT_FN bool IsSure(const Params&) { return false; }

  template <class G, class N = NumberOf<G>>
  static ACT_FN ValueOf<G> Of(N b, N w, N a, const Params&) {
    if constexpr (kRoundsOnce && kIsFast<G>) {
      return kResult == GateResult::kByB ? F::SlopeProduct(w, a, b) : F::GateProduct(w, b);
    } else if constexpr (kResult == GateResult::kForward) {
      return F::template Gate<G>(w, b);
    } else {
      const GateGradients<ValueOf<G>> both = GradientsOf<F, G>(w, a, b);
      return kResult == GateResult::kByA ? both.by_a : both.by_b;
    }
  }
};

// Results of 16 bits of a lane, two in a word, and what is in doubt of them.
template <DType kType>
class LaneHalves {
 public:
  using To = Storage<kType>;
  static constexpr unsigned kPairs = LaneTile<uint16_t>::kWidth / 2;
  static constexpr unsigned kWords = kVectors * kPairs;

  // Words i are what both ends of an interval round to, the same unless in doubt.
  ACT_FN void Put(unsigned i, const float (&least)[2], const float (&most)[2]) {
    const uint32_t low = To::RoundBoth(least[0], least[1]);
    const uint32_t high = To::RoundBoth(most[0], most[1]);
    pairs_[i] = To::WithOneNan(low);
    doubt_ |= OneInEach(low ^ high) << i;
  }

  ACT_FN void Doubt(unsigned i, unsigned half) { doubt_ |= 1U << (16 * half + i); }

  // Decides on what is in doubt (rounding-inl.h).
  template <class Formula, class A, class B, class C>
  ACT_FN void Decide(const LaneTile<uint16_t>& part, const A& a, const B& b, const C& c) {
    if (doubt_ == 0) return;
    DecideMarked<Formula, Tier::kExact, kType>(
        Alternating(doubt_), part, a, b, c, Params(), [&](unsigned place, uint16_t y) {
#pragma unroll
          for (unsigned i = 0; i < kWords; ++i) {
            if (place == 2 * i) pairs_[i] = (pairs_[i] & 0xffff0000) | y;
            if (place == 2 * i + 1) pairs_[i] = (pairs_[i] & 0xffff) | uint32_t{y} << 16;
          }
        });
  }

  ACT_FN void To16(LaneValues<uint16_t>& out) const {
#pragma unroll
    for (unsigned i = 0; i < kWords; ++i) {
      out[i / kPairs].at[2 * (i % kPairs)] = static_cast<uint16_t>(pairs_[i]);
      out[i / kPairs].at[2 * (i % kPairs) + 1] = static_cast<uint16_t>(pairs_[i] >> 16);
    }
  }

 private:
  uint32_t pairs_[kWords];
  uint32_t doubt_ = 0;
};

// Numbers between which w g lies, that are in doubt of themselves where floats of bf16 may be
// out of the range in which errors are relative.
struct Ends {
  float least;
  float most;
  bool in_doubt;
};

template <DType kType>
ACT_FN Ends EndsOf(float w, Near g, bool decays) {
  const float least = w * (g.value - g.error);
  bool in_doubt = false;
  if constexpr (kType == DType::kBF16) {
    constexpr auto kLimits = std::numeric_limits<float>();
    const float size = fabsf(least);
    // Neither zero nor NaN.
    in_doubt = size > 0 && (decays || size < 2 * kLimits.min() || size == kLimits.infinity());
  }
  return {least, w * (g.value + g.error), in_doubt};
}

// The gate of a weight and b for elements of 16 bits, and by its slope of another.
template <class F, DType kType, bool kSlopes, class A, class B, class W>
ACT_FN void ComputeGates(const A& a, const B& b, const W& w, LaneHalves<kType>& gates,
                         LaneHalves<kType>& slopes) {
  using To = Storage<kType>;
  using Of = NearGateOf<F>;
  constexpr unsigned kPairs = LaneHalves<kType>::kPairs;
#pragma unroll
  for (unsigned i = 0; i < LaneHalves<kType>::kWords; ++i) {
    float least[2][2];
    float most[2][2];
#pragma unroll
    for (unsigned half = 0; half < 2; ++half) {
      const unsigned v = i / kPairs;
      const unsigned k = 2 * (i % kPairs) + half;
      const float of_a = To::Widen(a.At(v, k));
      const float of_b = To::Widen(b.At(v, k));
      const bool nan = of_a != of_a || of_b != of_b;
      const float weight = nan ? std::numeric_limits<float>::quiet_NaN() : To::Widen(w.At(v, k));
      const NearGate near = Of::Of(Between(of_b, Of::kLimit));
      const bool below = of_b < -Of::kLimit;
      const float gated = Of::kTimesArgument ? weight * fmaxf(of_b, -Of::kLimit) : weight;
      const Ends gate = EndsOf<kType>(gated, near.gate, below);
      least[0][half] = gate.least;
      most[0][half] = gate.most;
      if (gate.in_doubt) gates.Doubt(i, half);
      if constexpr (kSlopes) {
        const bool decays = below || (Of::kDecaysAbove && of_b > Of::kLimit);
        const Ends slope = EndsOf<kType>(weight * of_a, near.slope, decays);
        least[1][half] = slope.least;
        most[1][half] = slope.most;
        if (slope.in_doubt) slopes.Doubt(i, half);
      }
    }
    gates.Put(i, least[0], most[0]);
    if constexpr (kSlopes) slopes.Put(i, least[1], most[1]);
  }
}

// Both gradients of floats at once, for what they share.
template <class F, Tier kTier, class A, class B, class W>
ACT_FN void ComputeGradients(const LaneTile<float>& part, const A& a, const B& b, const W& dy,
                             LaneValues<float>& by_a, LaneValues<float>& by_b) {
  constexpr unsigned kWidth = LaneTile<float>::kWidth;
  using N = Abreast<Number<double, InWarp>, kWidth>;
  using OfA = GateFormula<F, GateResult::kByA>;
  using OfB = GateFormula<F, GateResult::kByB>;
  constexpr uint32_t kUnits = kTier == Tier::kFast ? kWayUnits : OfA::kErrorUnits;
  bool any = false;
  const auto rounded = [&](double y, bool nan) {
    any = any || MayBeInDoubt<kUnits>(y);
    const auto value = static_cast<float>(y);
    return nan || value != value ? Storage<DType::kF32>::kNan : value;
  };
#pragma unroll
  for (unsigned v = 0; v < kVectors; ++v) {
    const auto wide = [v](const auto& input) {
      return N::Each(
          [&](unsigned k) { return Number<double, InWarp>{static_cast<double>(input.At(v, k))}; });
    };
    const auto y = GradientsOf<F, Quick<N>>(wide(dy), wide(a), wide(b));
#pragma unroll
    for (unsigned k = 0; k < kWidth; ++k) {
      const bool nan = a.At(v, k) != a.At(v, k) || b.At(v, k) != b.At(v, k);
      by_a[v].at[k] = rounded(y.by_a.at[k].v, nan);
      by_b[v].at[k] = rounded(y.by_b.at[k].v, nan);
    }
  }
  const unsigned marks = any ? (1U << kVectors * kWidth) - 1 : 0;
  const Params none;
  DecideMarked<OfA, kTier, DType::kF32>(marks, part, b, dy, a, none, PutInLane(part, by_a));
  DecideMarked<OfB, kTier, DType::kF32>(marks, part, b, dy, a, none, PutInLane(part, by_b));
}

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
  // Whether by numbers near the results.
  static constexpr bool kIsNear = sizeof(T) == 2 && !kIsProduct<F, Number<float>>;
  // As many as do without local memory.
  static constexpr int kBlocks = [] {
    constexpr bool kGradient = kDirection == Direction::kGradient;
    constexpr bool kIsLong = kTier == Tier::kExact || std::is_same_v<F, Geglu>;
    if (sizeof(T) == 4) return !kGradient ? 6 : kIsLong ? 4 : 5;
    if constexpr (kIsNear) return NearGateOf<F>::kBlocks[kGradient];
    if (sizeof(T) == 2) return kGradient ? 5 : 6;
    return 4;
  }();
  // Gradients of 16 bits have no registers left to fetch ahead with.
  static constexpr unsigned kTensors = kDirection == Direction::kForward ? 2
                                       : sizeof(T) == 2                  ? 0
                                                                         : 3;

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
    if constexpr (kTensors > 0) {
      if (part.IsFollowed(tile)) {
        const uint64_t ahead = uint64_t{tile.ahead} * TileElements(kType);
        const uint64_t in_halves = AheadInHalves(ahead, run);
        Fetch(job.x, TileAhead(halves.A(begin), in_halves, 2 * count, sizeof(T)), lane);
        Fetch(job.x, TileAhead(halves.B(begin), in_halves, 2 * count, sizeof(T)), lane);
        if (kDirection == Direction::kGradient && job.dy != nullptr) {
          Fetch(job.dy, TileAhead(begin, ahead, count, sizeof(T)), lane);
        }
      }
    }
    LaneValues<T> out;
    if constexpr (kIsNear) {
      LaneHalves<kType> gates;
      LaneHalves<kType> slopes;
      if constexpr (kDirection == Direction::kForward) {
        ComputeGates<F, kType, false>(a, b, a, gates, slopes);
        gates.template Decide<GateFormula<F, GateResult::kForward>>(part, b, a, a);
        gates.To16(out);
        part.Store(out, job.out);
      } else {
        const LaneInput<T> dy(part, job.dy, Storage<kType>::kOne);
        ComputeGates<F, kType, true>(a, b, dy, gates, slopes);
        gates.template Decide<GateFormula<F, GateResult::kByA>>(part, b, dy, a);
        slopes.template Decide<GateFormula<F, GateResult::kByB>>(part, b, dy, a);
        gates.To16(out);
        part.Store(out, job.out, of_a);
        slopes.To16(out);
        part.Store(out, job.out, of_b);
      }
    } else if constexpr (kDirection == Direction::kForward) {
      using Formula = GateFormula<F, GateResult::kForward>;
      ComputeLane<Formula, kTier, kType>(part, b, a, a, Params(), out);
      part.Store(out, job.out);
    } else {
      const LaneInput<T> dy(part, job.dy, Storage<kType>::kOne);
      if constexpr (kType == DType::kF32 && !kIsProduct<F, Number<float>>) {
        LaneValues<T> by_b;
        ComputeGradients<F, kTier>(part, a, b, dy, out, by_b);
        part.Store(out, job.out, of_a);
        part.Store(by_b, job.out, of_b);
      } else {
        using OfA = GateFormula<F, GateResult::kByA>;
        using OfB = GateFormula<F, GateResult::kByB>;
        ComputeLane<OfA, kTier, kType>(part, b, dy, a, Params(), out);
        part.Store(out, job.out, of_a);
        b.Forget();
        ComputeLane<OfB, kTier, kType>(part, b, dy, a, Params(), out);
        part.Store(out, job.out, of_b);
      }
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

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_GATES_INL_H_
