// Fills the tables by which long tensors of 16 bits are looked up (half_tables.h). Include in .cu
// files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HALF_TABLE_FILL_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HALF_TABLE_FILL_INL_H_

#include "src/backends/cuda/kernels/elements-inl.h"
#include "src/backends/cuda/kernels/half_tables.h"

namespace activation::cuda {

ACT_FN uint32_t BitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

ACT_FN float FloatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// Bits of entries that are no slopes: the gradient is 0 whatever dy is, or it is to be settled.
inline constexpr uint32_t kChosenZero = 1;
inline constexpr uint32_t kToBeSettled = ~uint32_t{0};

// The nearest float to f'(x), whose product with dy says what dy f'(x) is nearest to, or one of the
// above where it does not.
template <class Formula, DType kType>
__noinline__ __host__ __device__ float SlopeOf(uint16_t x, Params params) {
  // Below this a float could lose bits, above there may be no float.
  constexpr double kLeast = 0x1p-100;
  constexpr double kMost = 0x1p127;
  const auto gradient = [&](float dy) {
    const Inputs in = {Storage<kType>::Widen(x), dy, dy};
    return Rounded(Compute<Formula, Quick, double>(in, params)).v;
  };
  const double slope = gradient(1);
  const double size = fabs(slope);
  if (size >= kLeast && size <= kMost) return static_cast<float>(slope);
  if (size != size) return std::numeric_limits<float>::quiet_NaN();
  if (size > 0) return FloatOf(kToBeSettled);
  // A product with zero has a sign, and is NaN where dy is infinite.
  if (gradient(std::numeric_limits<float>::infinity()) != 0) return static_cast<float>(slope);
  const bool is_signed = std::signbit(slope) || std::signbit(gradient(-1));
  return FloatOf(is_signed ? kToBeSettled : kChosenZero);
}

// Fills a table, an entry by each thread.
template <class Formula, DType kType>
struct TableEntry {
  static constexpr Direction kDirection =
      Formula::kGradient ? Direction::kGradient : Direction::kForward;

  static ACT_FN void Fill(const DeviceJob& job, uint32_t place, std::byte* table) {
    if (place == 0) *reinterpret_cast<uint32_t*>(table + LookupTableBytes(kDirection)) = 0;
    if constexpr (Formula::kGradient) {
      if (place >= kSlopes) return;
      const bool is_beyond = place % (kSlopesOfSign + 1) == kSlopesOfSign;
      reinterpret_cast<float*>(table)[place] =
          is_beyond ? FloatOf(kToBeSettled)
                    : SlopeOf<Formula, kType>(ElementOfPlace(place), job.params);
    } else {
      using To = Storage<kType>;
      const auto x = static_cast<uint16_t>(place);
      const uint16_t y = Settle<Formula, kType>({To::Widen(x), 1, 1}, job.params);
      reinterpret_cast<uint16_t*>(table)[place] = To::IsNan(x) || To::IsNan(y) ? To::kNan : y;
    }
  }
};

template <class Does>
__global__ void __launch_bounds__(kWarps* kLanes, 5)
    TableKernel(const __grid_constant__ GroupView group) {
  const WarpLane part = WarpLaneOf(blockIdx.x, threadIdx.x);
  if (part.tile >= group.tiles) return;
  const Tile tile = FindTile(group, part.tile);
  Does::Fill(*tile.job, static_cast<uint32_t>(tile.index) * kLanes + part.lane,
             group.scratch + tile.job->lookup_table);
}

template <class Does>
void TablesOnHost(const GroupView& group) {
  for (uint64_t i = 0; i < group.tiles; ++i) {
    const Tile tile = FindTile(group, i);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      Does::Fill(*tile.job, static_cast<uint32_t>(tile.index) * kLanes + lane,
                 group.scratch + tile.job->lookup_table);
    }
  }
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_HALF_TABLE_FILL_INL_H_
