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
  static constexpr Direction kDirection =
      Formula::kGradient ? Direction::kGradient : Direction::kForward;

  static ACT_FN void Fill(const DeviceJob& job, uint32_t place, std::byte* table) {
    if (place == 0) *reinterpret_cast<uint32_t*>(table + TableBytes(kDirection)) = 0;
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

// Whether it is so for any lane of a warp that is there as a whole; the host's lanes are alone.
ACT_FN bool AnyLane(bool is_so) {
#ifdef __CUDA_ARCH__
  return __any_sync(~0U, is_so) != 0;
#else
  return is_so;
#endif
}

// Results of either type: elements by the bits of elements.
class ResultLookup {
 public:
  static constexpr Direction kDirection = Direction::kForward;
  static constexpr uint16_t kOne = 0;

  ACT_FN ResultLookup(const DeviceJob& job, const void* table)
      : job_(job), results_(static_cast<const uint16_t*>(table)) {}

  template <class Input>
  ACT_FN void Finish(const LaneTile<uint16_t>& part, const Input& x, const Input&) {
    LaneValues<uint16_t> out;
    part.ForEach([&](unsigned v, unsigned k, uint64_t) { out[v].at[k] = results_[x.At(v, k)]; });
    part.Store(out, job_.out);
  }

  ACT_FN void End() {}

 private:
  const DeviceJob& job_;
  const uint16_t* results_;
};

// dy f'(x), by slopes. The product is within 2^-23 of it, relative to it: half of that is the
// slope's rounding, half its own. The bound leaves as much again for its own roundings. What is in
// doubt is left until a lane has two such elements: then all lanes of the warp settle theirs at a
// time.
template <class Formula, DType kType>
class SlopeLookup {
  using To = Storage<kType>;
  static constexpr float kError = 0x1p-22F;

 public:
  static constexpr Direction kDirection = Direction::kGradient;
  static constexpr uint16_t kOne = To::kOne;

  ACT_FN SlopeLookup(const DeviceJob& job, const void* table)
      : job_(job), slopes_(static_cast<const float*>(table)) {}

  ACT_FN void Finish(const LaneTile<uint16_t>& part, const LaneInput<uint16_t>& x,
                     const LaneInput<uint16_t>& dy) {
    LaneValues<uint16_t> out;
    ComputeInTurn<Formula, Tier::kExact, kType>(
        part, x, dy, dy, job_.params, out, [&](uint16_t in_x, uint16_t in_dy, uint16_t) {
          const float slope = slopes_[PlaceOfSlope(in_x)];
          if (BitsOf(slope) == kToBeSettled) return Attempt<uint16_t>{0, true};
          return RoundedWithin<kType>(Product(slope, To::Widen(in_dy)), kError);
        });
    part.Store(out, job_.out);
  }

  // The same of two elements at a time.
  ACT_FN void Finish(const LaneTile<uint16_t>& part, const PackedInput& x, const PackedInput& dy) {
    LaneValues<uint32_t> others;  // where they are not 0 there is doubt
    uint32_t any_other = 0;
    uint32_t greatest = 0;  // of slopes' bits
    bool any_tiny = false;
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      Vector<uint32_t> out;
#pragma unroll
      for (unsigned w = 0; w < kWords; ++w) {
        const uint32_t places = PlacesOfSlopes(x.Word(v, w));
        const float slope[2] = {slopes_[places & 0xffff], slopes_[places >> 16]};
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
        out.at[w] = To::WithOneNan(low);
      }
      StoreVector(out,
                  reinterpret_cast<uint32_t*>(static_cast<uint16_t*>(job_.out) + part.At(v, 0)));
    }
    const bool any_marked = any_other != 0 || any_tiny || greatest == kToBeSettled;
    unsigned marks = any_marked ? Marks(x, dy, others, any_tiny || greatest == kToBeSettled) : 0;
#pragma unroll 1
    while (AnyLane(marks != 0)) {
      if (AnyLane(marks != 0 && is_left_)) End();
      if (marks != 0) Leave(LowestBit(marks), part, x, dy);
      marks &= marks - 1;
    }
  }

  // Settles what has been left.
  ACT_FN void End() {
    if (!is_left_) return;
    const float dy = To::Widen(static_cast<uint16_t>(left_ >> 16));
    const auto x = static_cast<uint16_t>(left_);
    const uint16_t y = Settle<Formula, kType>({To::Widen(x), dy, dy}, job_.params);
    StoreElement(To::IsNan(x) || To::IsNan(y) ? To::kNan : y, job_.out, left_at_);
    is_left_ = false;
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

  static ACT_FN unsigned LowestBit(unsigned bits) {
#ifdef __CUDA_ARCH__
    return static_cast<unsigned>(__ffs(static_cast<int>(bits)) - 1);
#else
    return static_cast<unsigned>(__builtin_ctz(bits));
#endif
  }

  // Of the elements to be settled, the k-th of word w by bit 2 w + k; `any_special` says whether
  // any is so for another reason than `others`.
  ACT_FN unsigned Marks(const PackedInput& x, const PackedInput& dy,
                        const LaneValues<uint32_t>& others, bool any_special) const {
    unsigned marks = 0;
#pragma unroll
    for (unsigned w = 0; w < kVectors * kWords; ++w) {
      const uint32_t other = others[w / kWords].at[w % kWords];
      marks |= ((other & 0xffff) != 0 ? 1U : 0U) << (2 * w);
      marks |= (other >> 16 != 0 ? 2U : 0U) << (2 * w);
    }
    if (!any_special) return marks;
#pragma unroll
    for (unsigned i = 0; i < 2 * kVectors * kWords; ++i) {
      const unsigned v = i / (2 * kWords);
      const unsigned k = i % (2 * kWords);
      const float slope = slopes_[PlaceOfSlope(x.At(v, k))];
      bool is_special = BitsOf(slope) == kToBeSettled;
      if constexpr (kType == DType::kBF16) {
        is_special = is_special || IsTiny(Product(slope, To::Widen(dy.At(v, k))));
      }
      marks |= (is_special ? 1U : 0U) << i;
    }
    return marks;
  }

  ACT_FN void Leave(unsigned place, const LaneTile<uint16_t>& part, const PackedInput& x,
                    const PackedInput& dy) {
    uint32_t x_word = 0;
    uint32_t dy_word = 0;
#pragma unroll
    for (unsigned w = 0; w < kVectors * kWords; ++w) {
      // By a mask, because nvcc makes an index of a condition, and of that local memory.
      const uint32_t mask = w == place / 2 ? ~0U : 0U;
      x_word |= x.Word(w / kWords, w % kWords) & mask;
      dy_word |= dy.Word(w / kWords, w % kWords) & mask;
    }
    const unsigned shift = place % 2 * 16;
    left_ = (dy_word >> shift) << 16 | (x_word >> shift & 0xffff);
    left_at_ = part.At(place / (2 * kWords), place % (2 * kWords));
    is_left_ = true;
  }

  const DeviceJob& job_;
  const float* slopes_;
  // The element that is left, dy in the upper half, and where it is.
  bool is_left_ = false;
  uint32_t left_ = 0;
  uint64_t left_at_ = 0;
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

  ACT_FN void Finish(Does& does) const { does.Finish(part_, x_, dy_); }

 private:
  LaneTile<uint16_t> part_;
  Input x_;
  Input dy_;
};

// Tiles for a warp, a few at a time of those that no other has yet: multiprocessors are not equally
// near to the memory, so that equal parts would not be done at the same time. Asks for the next few
// long before it needs to know.
class SharedTiles {
 public:
  ACT_FN SharedTiles(uint32_t* taken, unsigned lane) : taken_(taken), lane_(lane) { Ask(); }

  ACT_FN uint64_t Next() {
#ifdef __CUDA_ARCH__
    if (next_ == end_) {
      next_ = __shfl_sync(~0U, asked_, 0);
      end_ = next_ + kAtATime;
      Ask();
    }
#endif
    return next_++;
  }

 private:
  static constexpr uint32_t kAtATime = 4;

  ACT_FN void Ask() {
#ifdef __CUDA_ARCH__
    if (lane_ == 0) asked_ = atomicAdd(taken_, kAtATime);
#endif
  }

  uint32_t* taken_;
  unsigned lane_;
  uint32_t asked_ = 0;
  uint32_t next_ = 0;
  uint32_t end_ = 0;
};

// All parts of a job that a lane does.
template <class Does>
ACT_FN void LookUp(const DeviceJob& job, SharedTiles tiles, unsigned lane, const void* table) {
  const bool is_aligned = IsAligned(job.x, kVectorBytes) && IsAligned(job.dy, kVectorBytes) &&
                          IsAligned(job.out, kVectorBytes);
  const uint64_t whole = is_aligned ? job.count / kLookupElements : 0;
  Does does(job, table);
  uint64_t tile = tiles.Next();
  if (tile < whole) {
    using Whole = LookupPart<Does, PackedInput>;
    Whole now(job, tile, lane);
#pragma unroll 1
    while (true) {
      const uint64_t after = tiles.Next();
      // What is beyond the last one is this one again, which costs less than a branch around loads.
      const Whole next(job, after < whole ? after : tile, lane);
      now.Finish(does);
      tile = after;
      if (tile >= whole) break;
      now = next;
    }
  }
#pragma unroll 1
  for (; tile * kLookupElements < job.count; tile = tiles.Next()) {
    LookupPart<Does, LaneInput<uint16_t>>(job, tile, lane).Finish(does);
  }
  does.End();
}

// A kernel whose blocks keep a job's table in shared memory.
template <class Does>
__global__ void __launch_bounds__(LookupThreads(Does::kDirection), 1)
    LookupKernel(const __grid_constant__ GroupView group) {
  extern __shared__ int4 table[];
  constexpr size_t kVectorsOfTable = TableBytes(Does::kDirection) / sizeof(int4);
  for (uint32_t j = 0; j < group.job_count; ++j) {
    const DeviceJob& job = group.jobs[j];
    const auto* const from = reinterpret_cast<const int4*>(group.scratch + job.table);
    for (unsigned i = threadIdx.x; i < kVectorsOfTable; i += LookupThreads(Does::kDirection)) {
      table[i] = from[i];
    }
    __syncthreads();
    auto* const taken =
        reinterpret_cast<uint32_t*>(group.scratch + job.table + sizeof(table[0]) * kVectorsOfTable);
    const unsigned lane = threadIdx.x % kLanes;
    LookUp<Does>(job, SharedTiles(taken, lane), lane, table);
    __syncthreads();
  }
}

template <class Does>
void LookupsOnHost(const GroupView& group) {
  for (uint32_t j = 0; j < group.job_count; ++j) {
    const DeviceJob& job = group.jobs[j];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      LookUp<Does>(job, SharedTiles(nullptr, lane), lane, group.scratch + job.table);
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
