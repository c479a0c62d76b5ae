// Kernels of per-channel functions, of every type: a tile of a tensor by each warp.
#include "src/functions/ops_cuda.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"
// These need both.
#include "src/backends/cuda/channel_walk.h"
#include "src/backends/cuda/storage-inl.h"
#include "src/backends/cuda/warp_tile-inl.h"

namespace activation::cuda {
namespace {

// The element nearest to what at most one rounding has made.
template <DType kType, class Wide>
ACT_FN TypeOf<kType> Nearest(Wide y) {
  using To = Storage<kType>;
  if constexpr (sizeof(TypeOf<kType>) == 2) {
    return static_cast<uint16_t>(To::RoundBoth(y, y));
  } else {
    return To::Round(y);
  }
}

// An element. Floats hold a product of two elements of 16 bits, but for what rounds to zero.
template <class F, bool kGradient, DType kType>
ACT_FN TypeOf<kType> ResultOf(TypeOf<kType> x, TypeOf<kType> weight, TypeOf<kType> dy) {
  using To = Storage<kType>;
  using Wide = std::conditional_t<kType == DType::kF64, double, float>;
  using N = Number<Wide>;
  const auto wide = [](TypeOf<kType> value) { return N{To::Widen(value)}; };
  N y;
  if constexpr (kGradient) {
    y = F::Gradient(wide(x), wide(weight), wide(dy));
  } else {
    y = F::Forward(wide(x), wide(weight));
  }
  const bool nan = To::IsNan(x) || y.v != y.v;
  return nan ? To::kNan : Nearest<kType>(y.v);
}

// Rarely needed more than once a tile, so never inlined.
__noinline__ __host__ __device__ ChannelWalk WalkFrom(uint64_t i, const DeviceJob& job) {
  return {i, job.inner, job.weight_count};
}

template <class F, bool kGradient, DType kType>
struct ChannelTile {
  using T = TypeOf<kType>;
  static constexpr int kBlocks = 5;

  static ACT_FN void Lane(const Tile& tile, unsigned lane) {
    const DeviceJob& job = *tile.job;
    const uint64_t begin = tile.index * TileElements(kType);
    const bool has_dy = kGradient && job.dy != nullptr;
    const bool in_vectors = begin + TileElements(kType) <= job.count &&
                            IsAligned(job.x, kVectorBytes) && IsAligned(job.out, kVectorBytes) &&
                            (!has_dy || IsAligned(job.dy, kVectorBytes));
    const LaneTile<T> part(begin, job.count, lane, in_vectors);
    LaneValues<T> x;
    LaneValues<T> dy;
    part.Load(job.x, x);
    if (has_dy) part.Load(job.dy, dy);
    const auto compute = [&](unsigned v, unsigned k, T weight) {
      x[v].at[k] = ResultOf<F, kGradient, kType>(x[v].at[k], weight,
                                                 has_dy ? dy[v].at[k] : Storage<kType>::kOne);
    };
    const ChannelWalk walk = WalkFrom(begin, job);
    if (walk.StaysFor(TileElements(kType))) {
      const T weight = LoadElement<T>(job.weight, walk.weight());
      part.ForEach([&](unsigned v, unsigned k, uint64_t) { compute(v, k, weight); });
    } else {
      ChannelWalk at = walk;
      // Between elements of a vector.
      const uint32_t step = in_vectors ? 1 : kLanes;
      part.ForEach([&](unsigned v, unsigned k, uint64_t i) {
        if (k == 0) {
          at = WalkFrom(i, job);
        } else {
          at.Advance(step);
        }
        compute(v, k, i < job.count ? LoadElement<T>(job.weight, at.weight()) : T{0});
      });
    }
    part.Store(x, job.out);
  }
};

template <DType kType>
Kernel ChannelsOf(Direction direction) {
  // The list has one function.
  return direction == Direction::kForward ? KernelOfWarps<ChannelTile<Prelu, false, kType>>()
                                          : KernelOfWarps<ChannelTile<Prelu, true, kType>>();
}

}  // namespace

Kernel Channels(const Code& code) {
  switch (code.dtype) {
    case DType::kF32:
      return ChannelsOf<DType::kF32>(code.direction);
    case DType::kF64:
      return ChannelsOf<DType::kF64>(code.direction);
    case DType::kF16:
      return ChannelsOf<DType::kF16>(code.direction);
    case DType::kBF16:
      break;
  }
  return ChannelsOf<DType::kBF16>(code.direction);
}

}  // namespace activation::cuda
