// Elementwise functions of long tensors of 16 bits by table (half_tables.h): kernels that fill a
// table, and kernels that look up. Include in .cu files, nothing before it.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_LOOKUPS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_LOOKUPS_INL_H_

#include "src/backends/cuda/elements-inl.h"
#include "src/backends/cuda/half_tables.h"

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

// PlaceOfSlope() of two elements, each in its half of a word.
ACT_FN uint32_t PlacesOfSlopes(uint32_t bits) {
#ifdef __CUDA_ARCH__
  const uint32_t sizes = __vminu2(bits & 0x7fff7fff, kSlopesOfSign << 16 | kSlopesOfSign);
  return sizes + (bits >> 15 & 0x10001) * (kSlopesOfSign + 1);
#else
  return PlaceOfSlope(bits >> 16) << 16 | PlaceOfSlope(bits & 0xffff);
#endif
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
  static ACT_FN void Fill(const DeviceJob& job, uint32_t place, std::byte* table) {
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
             group.scratch + tile.job->table);
}

template <class Does>
void TablesOnHost(const GroupView& group) {
  for (uint64_t i = 0; i < group.tiles; ++i) {
    const Tile tile = FindTile(group, i);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      Does::Fill(*tile.job, static_cast<uint32_t>(tile.index) * kLanes + lane,
                 group.scratch + tile.job->table);
    }
  }
}

constexpr uint64_t kLookupElements = TileElements(DType::kF16);

// A lane's elements of a tensor of 16 bits in a whole tile, two in a word as they lie, so that few
// registers hold them while the next are under way; ones where there is no tensor.
class PackedInput {
 public:
  ACT_FN PackedInput(const LaneTile<uint16_t>& part, const void* base, uint16_t one)
      : base_(base), one_(one) {
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      if (base != nullptr) {
        const auto* const from = static_cast<const uint16_t*>(base) + part.At(v, 0);
        words_[v] = LoadVector(reinterpret_cast<const uint32_t*>(from));
      } else {
        for (uint32_t& word : words_[v].at) word = BothHalves(one, one);
      }
    }
  }

  // Elements 2 w and 2 w + 1 of a vector, the first in the low half.
  ACT_FN uint32_t Word(unsigned v, unsigned w) const { return words_[v].at[w]; }

  ACT_FN uint16_t At(unsigned v, unsigned k) const {
    return static_cast<uint16_t>(words_[v].at[k / 2] >> (k % 2 * 16));
  }

  ACT_FN uint16_t Again(uint64_t i) const {
    return base_ == nullptr ? one_ : LoadElement<uint16_t>(base_, i);
  }

 private:
  const void* base_;
  uint16_t one_;
  LaneValues<uint32_t> words_;
};

// Results of either type: elements by the bits of elements.
struct ResultLookup {
  static constexpr Direction kDirection = Direction::kForward;
  static constexpr uint16_t kOne = 0;

  template <class Input>
  static ACT_FN void Finish(const LaneTile<uint16_t>& part, const Input& x, const Input&,
                            const DeviceJob& job, const void* table) {
    const auto* const results = static_cast<const uint16_t*>(table);
    LaneValues<uint16_t> out;
    part.ForEach([&](unsigned v, unsigned k, uint64_t) { out[v].at[k] = results[x.At(v, k)]; });
    part.Store(out, job.out);
  }
};

// dy f'(x), by slopes. The product is within 2^-23 of it, relative to it: half of that is the
// slope's rounding, half its own. The bound leaves as much again for its own roundings.
template <class Formula, DType kType>
class SlopeLookup {
  using To = Storage<kType>;
  static constexpr float kError = 0x1p-22F;

 public:
  static constexpr Direction kDirection = Direction::kGradient;
  static constexpr uint16_t kOne = To::kOne;

  static ACT_FN void Finish(const LaneTile<uint16_t>& part, const LaneInput<uint16_t>& x,
                            const LaneInput<uint16_t>& dy, const DeviceJob& job,
                            const void* table) {
    const auto* const slopes = static_cast<const float*>(table);
    LaneValues<uint16_t> out;
    ComputeInTurn<Formula, Tier::kExact, kType>(
        part, x, dy, dy, job.params, out, [&](uint16_t in_x, uint16_t in_dy, uint16_t) {
          const float slope = slopes[PlaceOfSlope(in_x)];
          if (BitsOf(slope) == kToBeSettled) return Attempt<uint16_t>{0, true};
          return RoundedWithin<kType>(Product(slope, To::Widen(in_dy)), kError);
        });
    part.Store(out, job.out);
  }

  // The same of two elements at a time.
  static ACT_FN void Finish(const LaneTile<uint16_t>& part, const PackedInput& x,
                            const PackedInput& dy, const DeviceJob& job, const void* table) {
    const auto* const slopes = static_cast<const float*>(table);
    LaneValues<uint32_t> out;
    LaneValues<uint32_t> others;  // where they are not those of `out` there is doubt
    uint32_t greatest = 0;        // of slopes' bits
    bool any_tiny = false;
    uint32_t any_other = 0;
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
#pragma unroll
      for (unsigned w = 0; w < kWords; ++w) {
        const uint32_t places = PlacesOfSlopes(x.Word(v, w));
        const float slope[2] = {slopes[places & 0xffff], slopes[places >> 16]};
        float y[2];
#pragma unroll
        for (unsigned k = 0; k < 2; ++k) {
          greatest = BitsOf(slope[k]) > greatest ? BitsOf(slope[k]) : greatest;
          y[k] = Product(slope[k], To::Widen(static_cast<uint16_t>(dy.Word(v, w) >> (16 * k))));
          if constexpr (kType == DType::kBF16) any_tiny = any_tiny || IsTiny(y[k]);
        }
        const uint32_t low = To::RoundBoth(y[0] * (1 - kError), y[1] * (1 - kError));
        others[v].at[w] = low ^ To::RoundBoth(y[0] * (1 + kError), y[1] * (1 + kError));
        any_other |= others[v].at[w];
        out[v].at[w] = To::WithOneNan(low);
      }
    }
    if (any_other != 0 || any_tiny || greatest == kToBeSettled) {
      SettleWords(part, x, dy, job, slopes, others, out);
    }
    Store(part, out, job.out);
  }

 private:
  static constexpr unsigned kWords = Vector<uint32_t>::kWidth;

  static ACT_FN float Product(float slope, float dy) {
    return BitsOf(slope) == kChosenZero ? 0.0F : dy * slope;
  }

  // What RoundedWithin() has in doubt, too.
  static ACT_FN bool IsTiny(float y) {
    return fabsf(y) < 2 * std::numeric_limits<float>::min() && y != 0;
  }

  static ACT_FN void SettleWords(const LaneTile<uint16_t>& part, const PackedInput& x,
                                 const PackedInput& dy, const DeviceJob& job, const float* slopes,
                                 const LaneValues<uint32_t>& others, LaneValues<uint32_t>& out) {
    unsigned marks = 0;
    part.ForEach([&](unsigned v, unsigned k, uint64_t) {
      const float slope = slopes[PlaceOfSlope(x.At(v, k))];
      bool is_marked = (others[v].at[k / 2] >> (k % 2 * 16) & 0xffff) != 0;
      is_marked = is_marked || BitsOf(slope) == kToBeSettled;
      if constexpr (kType == DType::kBF16) {
        is_marked = is_marked || IsTiny(Product(slope, To::Widen(dy.At(v, k))));
      }
      if (is_marked) marks |= 1U << (v * 2 * kWords + k);
    });
    DecideMarked<Formula, Tier::kExact, kType>(
        marks, part, x, dy, dy, job.params, [&](unsigned place, uint16_t y) {
#pragma unroll
          for (unsigned w = 0; w < kVectors * kWords; ++w) {
            uint32_t& word = out[w / kWords].at[w % kWords];
            if (w == place / 2) {
              word = place % 2 == 0 ? (word & 0xffff0000) | y : (word & 0xffff) | uint32_t{y} << 16;
            }
          }
        });
  }

  static ACT_FN void Store(const LaneTile<uint16_t>& part, const LaneValues<uint32_t>& out,
                           void* to) {
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      StoreVector(out[v], reinterpret_cast<uint32_t*>(static_cast<uint16_t*>(to) + part.At(v, 0)));
    }
  }
};

// A lane's part of a tile: read when this is made. Input is PackedInput for whole aligned tiles,
// LaneInput<uint16_t> for any.
template <class Does, class Input>
class LookupPart {
 public:
  ACT_FN LookupPart(const DeviceJob& job, uint64_t tile, unsigned lane)
      : part_(tile * kLookupElements, job.count, lane, std::is_same_v<Input, PackedInput>),
        x_(part_, job.x, uint16_t{0}),
        dy_(part_, Does::kDirection == Direction::kGradient ? job.dy : nullptr, Does::kOne) {}

  ACT_FN void Finish(const DeviceJob& job, const void* table) const {
    Does::Finish(part_, x_, dy_, job, table);
  }

 private:
  LaneTile<uint16_t> part_;
  Input x_;
  Input dy_;
};

// All parts of a job that a lane does: those of tiles first, first + step, ...
template <class Does>
ACT_FN void LookUp(const DeviceJob& job, uint64_t first, uint64_t step, unsigned lane,
                   const void* table) {
  const bool is_aligned = IsAligned(job.x, kVectorBytes) && IsAligned(job.dy, kVectorBytes) &&
                          IsAligned(job.out, kVectorBytes);
  const uint64_t whole = is_aligned ? job.count / kLookupElements : 0;
  uint64_t tile = first;
  if (tile < whole) {
    using Whole = LookupPart<Does, PackedInput>;
    // What is beyond the last one is the first one again, which costs less than a branch around
    // loads.
    const auto at = [&](uint64_t wanted) { return wanted < whole ? wanted : first; };
    Whole now(job, tile, lane);
    Whole soon(job, at(tile + step), lane);
#pragma unroll 1
    while (true) {
      const Whole later(job, at(tile + 2 * step), lane);
      now.Finish(job, table);
      tile += step;
      if (tile >= whole) break;
      now = soon;
      soon = later;
    }
  }
#pragma unroll 1
  for (; tile * kLookupElements < job.count; tile += step) {
    LookupPart<Does, LaneInput<uint16_t>>(job, tile, lane).Finish(job, table);
  }
}

// A kernel whose blocks keep a job's table in shared memory, and take its tiles in turn.
template <class Does>
__global__ void __launch_bounds__(LookupThreads(Does::kDirection), 1)
    LookupKernel(const __grid_constant__ GroupView group) {
  extern __shared__ int4 table[];
  constexpr unsigned kThreadsOfBlock = LookupThreads(Does::kDirection);
  constexpr unsigned kWarpsOfBlock = kThreadsOfBlock / kLanes;
  for (uint32_t j = 0; j < group.job_count; ++j) {
    const DeviceJob& job = group.jobs[j];
    const auto* const from = reinterpret_cast<const int4*>(group.scratch + job.table);
    for (unsigned i = threadIdx.x; i < TableBytes(Does::kDirection) / sizeof(int4);
         i += kThreadsOfBlock) {
      table[i] = from[i];
    }
    __syncthreads();
    LookUp<Does>(job, blockIdx.x * kWarpsOfBlock + threadIdx.x / kLanes,
                 uint64_t{gridDim.x} * kWarpsOfBlock, threadIdx.x % kLanes, table);
    __syncthreads();
  }
}

template <class Does>
void LookupsOnHost(const GroupView& group) {
  for (uint32_t j = 0; j < group.job_count; ++j) {
    const DeviceJob& job = group.jobs[j];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      LookUp<Does>(job, 0, 1, lane, group.scratch + job.table);
    }
  }
}

// The kernel that fills a function's tables or looks up in them; none, for either, where formulas
// round once at most: those are as fast as memory is by themselves.
template <DType kType, class Formula>
Kernel KernelOfTables(Work work) {
  if constexpr (Formula::kRoundsOnce) {
    return {};
  } else if (work == Work::kTables) {
    using Does = TableEntry<Formula, kType>;
    return {reinterpret_cast<const void*>(&TableKernel<Does>), TablesOnHost<Does>, kWarps * kLanes,
            kWarps};
  } else {
    using Does = std::conditional_t<Formula::kGradient, SlopeLookup<Formula, kType>, ResultLookup>;
    constexpr unsigned kThreadsOfBlock = LookupThreads(Does::kDirection);
    return {reinterpret_cast<const void*>(&LookupKernel<Does>), LookupsOnHost<Does>,
            kThreadsOfBlock, kThreadsOfBlock / kLanes, TableBytes(Does::kDirection)};
  }
}

template <DType kType, class F>
Kernel KernelOfTables(const Code& code) {
  return code.direction == Direction::kForward
             ? KernelOfTables<kType, ElementFormula<F, false>>(code.work)
             : KernelOfTables<kType, ElementFormula<F, true>>(code.work);
}

template <DType kType, class... Functions>
Kernel TablesOf(const Code& code, TypeList<Functions...>) {
  static constexpr Kernel (*kKernels[])(const Code&) = {KernelOfTables<kType, Functions>...};
  return kKernels[code.place](code);
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_LOOKUPS_INL_H_
