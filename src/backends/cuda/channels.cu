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
    // Between elements of a vector.
    const uint32_t step = in_vectors ? 1 : kLanes;
    LaneValues<T> x;
    LaneValues<T> dy;
    part.Load(job.x, x);
    if (has_dy) part.Load(job.dy, dy);
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      ChannelWalk walk(part.At(v, 0), job.inner, job.weight_count);
#pragma unroll
      for (unsigned k = 0; k < LaneTile<T>::kWidth; ++k) {
        if (k > 0) walk.Advance(step);
        const bool exists = part.At(v, k) < job.count;
        x[v].at[k] = ResultOf<F, kGradient, kType>(
            x[v].at[k], exists ? LoadElement<T>(job.weight, walk.weight()) : T{0},
            has_dy ? dy[v].at[k] : Storage<kType>::kOne);
      }
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
