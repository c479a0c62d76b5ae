// Kernels of per-channel functions, of every type: a tile of a tensor by each warp.
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/kernels/channel_walk.h"
#include "src/backends/cuda/kernels/kernel_by_type.h"
#include "src/backends/cuda/kernels/storage-inl.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"

namespace activation::cuda {
namespace {

// What an element's is before it is rounded to one. Floats hold a product of two elements of 16
// bits, but for what rounds to zero.
template <class F, bool kGradient, DType kType>
ACT_FN auto Wide(TypeOf<kType> x, TypeOf<kType> weight, TypeOf<kType> dy) {
  using N = Number<std::conditional_t<kType == DType::kF64, double, float>>;
  const auto wide = [](TypeOf<kType> value) { return N{Storage<kType>::Widen(value)}; };
  N y;
  if constexpr (kGradient) {
    y = F::Gradient(wide(x), wide(weight), wide(dy));
  } else {
    y = F::Forward(wide(x), wide(weight));
  }
  // Of NaN and no weight it would be zero.
  const N wide_x = wide(x);
  return wide_x.v != wide_x.v ? wide_x.v : y.v;
}

// Rounds each element of a lane, which is wide(v, k): of 16 bits two at a time.
template <DType kType, class Wide>
ACT_FN void RoundLane(Wide wide, LaneValues<TypeOf<kType>>& out) {
  using To = Storage<kType>;
#pragma unroll
  for (unsigned v = 0; v < kVectors; ++v) {
    if constexpr (sizeof(TypeOf<kType>) == 2) {
#pragma unroll
      for (unsigned k = 0; k < LaneTile<uint16_t>::kWidth; k += 2) {
        const float low = wide(v, k);
        const uint32_t both = To::WithOneNan(To::RoundBoth(low, wide(v, k + 1)));
        out[v].at[k] = static_cast<uint16_t>(both);
        out[v].at[k + 1] = static_cast<uint16_t>(both >> 16);
      }
    } else {
#pragma unroll
      for (unsigned k = 0; k < LaneTile<TypeOf<kType>>::kWidth; ++k) {
        const TypeOf<kType> y = wide(v, k);
        out[v].at[k] = To::IsNan(y) ? To::kNan : y;
      }
    }
  }
}

// Rarely needed more than once a tile, so never inlined.
__noinline__ __host__ __device__ ChannelWalk WalkFrom(uint64_t i, const DeviceJob& job) {
  return {i, job.inner, job.weight_count};
}

template <class F, bool kGradient, DType kType>
struct ChannelTile {
  using T = TypeOf<kType>;
  static constexpr int kBlocks = 5;
  static constexpr unsigned kTensors = kGradient ? 2 : 1;

  static ACT_FN void Lane(const Tile& tile, unsigned lane) {
    const DeviceJob& job = *tile.job;
    const uint64_t begin = tile.index * TileElements(kType);
    const void* const from_dy = kGradient ? job.dy : nullptr;
    const bool in_vectors = IsInVectors<T>(job, begin + TileElements(kType), job.count);
    const LaneTile<T> part(begin, job.count, lane, in_vectors);
    const LaneInput<T> x(part, job.x, T{0});
    const LaneInput<T> dy(part, from_dy, Storage<kType>::kOne);
    part.FetchAhead(tile, job.x, from_dy);
    LaneValues<T> out;
    const auto wide = [&](unsigned v, unsigned k, T weight) {
      return Wide<F, kGradient, kType>(x.At(v, k), weight, dy.At(v, k));
    };
    const ChannelWalk walk = WalkFrom(begin, job);
    if (walk.StaysFor(TileElements(kType))) {
      const T weight = LoadElement<T>(job.weight, walk.weight());
      RoundLane<kType>([&](unsigned v, unsigned k) { return wide(v, k, weight); }, out);
    } else {
      ChannelWalk at = walk;
      // Between elements of a vector.
      const uint32_t step = in_vectors ? 1 : kLanes;
      const auto in_turn = [&](unsigned v, unsigned k) {
        const uint64_t i = part.At(v, k);
        if (k == 0) {
          at = WalkFrom(i, job);
        } else {
          at.Advance(step);
        }
        return wide(v, k, i < job.count ? LoadElement<T>(job.weight, at.weight()) : T{0});
      };
      RoundLane<kType>(in_turn, out);
    }
    part.Store(out, job.out);
  }
};

template <bool kGradient, DType kType, class... Functions>
Kernel ChannelsOf(uint32_t place, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])() = {
      KernelOfWarps<ChannelTile<Functions, kGradient, kType>>...};
  return kKernels[place]();
}

template <DType kType>
Kernel ChannelsOf(const Code& code) {
  return code.direction == Direction::kForward
             ? ChannelsOf<false, kType>(code.place, PerChannelFunctions())
             : ChannelsOf<true, kType>(code.place, PerChannelFunctions());
}

}  // namespace

Kernel Channels(const Code& code) {
  return KernelByType(code.dtype, [&]<DType kType>() { return ChannelsOf<kType>(code); });
}

}  // namespace activation::cuda
