// Which elements of rows of floats each thread of a block has, and how it reads and writes them.
// Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_ELEMENTS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_ELEMENTS_INL_H_

#include <type_traits>

#include "src/backends/cuda/kernels/block-inl.h"
#include "src/backends/cuda/kernels/float_rows.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"

namespace activation::cuda {

// How the threads of a block share rows.
enum class Sharing : uint8_t {
  kAlong,       // a group has rows of its own, a row's elements being side by side
  kSplit,       // the same, several groups having one, in parts
  kAcross,      // neighbouring groups have neighbouring rows, whose elements are side by side
  kLongAcross,  // the same, in parts
  kAnyhow,      // a group has a row of its own, in parts, wherever elements lie
};

// By how many elements of how many rows a thread holds, and registers are counted.
template <Sharing kHow, unsigned kHeldOfRow, unsigned kRowsHeld>
struct RowsShape {
  static constexpr unsigned kHeld = kHeldOfRow;
  static constexpr unsigned kRows = kRowsHeld;
  static constexpr bool kSplit = kHow == Sharing::kSplit;
  static constexpr bool kAnyhow = kHow == Sharing::kAnyhow;
  static constexpr bool kAcross = kHow == Sharing::kAcross || kHow == Sharing::kLongAcross;
  // Rows may be longer than what is held at a time; they are read again for their results.
  static constexpr bool kInParts = kSplit || kAnyhow || kHow == Sharing::kLongAcross;
  // A part of a row may end within a sum.
  static constexpr bool kInPartsOfSums = kInParts && kHeld < kMostHeld;
  static_assert(kRows == 1 || !kInParts);
  static_assert(kHeld == kMostHeld || !kSplit);
};

// Rows [first, first + count) of a job.
struct RowsOfJob {
  const DeviceJob& job;
  uint64_t first;
  unsigned count;
};

template <class Shape>
class RowElements {
  static constexpr unsigned kHeld = Shape::kHeld;
  static constexpr bool kApart = Shape::kAcross || Shape::kAnyhow;
  // Rows that do not come in parts are short.
  using Extent = std::conditional_t<Shape::kInParts, uint64_t, unsigned>;

 public:
  // A thread's elements of one row, kPlaces apart.
  struct Stretch {
    uint64_t first;
    unsigned left;  // of the row, from the first on
  };

  // Whether there is a k-th of kCount elements.
  template <unsigned kCount>
  static ACT_PART bool IsIn(const Stretch& stretch, unsigned k) {
    // Rows that are shorter have another shape.
    if (!Shape::kInParts && kCount == kHeld && k + 1 <= kHeld / 2) return true;
    return k * kPlaces < stretch.left;
  }

  explicit ACT_PART RowElements(const DeviceJob& job)
      : job_(job),
        extent_(static_cast<Extent>(job.extent)),
        log_groups_(Shape::kSplit ? LogGroupsOfRow(job.extent, 1) : 0) {}

  ACT_PART uint64_t extent() const { return extent_; }
  ACT_PART unsigned groups() const { return 1U << log_groups_; }

  // Elements of a row that are held at a time.
  ACT_PART uint64_t part() const { return uint64_t{kHeld * kPlaces} << log_groups_; }
  ACT_PART uint64_t end() const { return Shape::kInParts ? extent_ : 1; }
  ACT_PART bool is_held() const { return !Shape::kInParts || extent_ <= part(); }

  // Whether what comes at `begin` goes on with a sum.
  ACT_PART bool IsWithinSum(uint64_t begin) const {
    return Shape::kInPartsOfSums && begin % kRowSumElements != 0;
  }

  // Which row of the block is the thread's r-th.
  ACT_PART unsigned RowOf(const RowThread& at, unsigned r) const {
    return Shape::kSplit ? at.group >> log_groups_ : at.RowOf(r, Shape::kRows);
  }

  static constexpr unsigned kNoRow = ~0U;

  // The row that a thread decides about: those of its warp, where each is one warp's.
  static ACT_PART unsigned DecidedRow(unsigned thread) {
    constexpr unsigned kOfWarp = Shape::kSplit ? 1 : Shape::kRows * (kLanes / kPlaces);
    const unsigned row = thread / kLanes * kOfWarp + thread % kLanes;
    return thread % kLanes < kOfWarp ? row : kNoRow;
  }

  // Where a row of the job begins.
  ACT_PART uint64_t BeginningOf(uint64_t row) const {
    if (job_.inner == 1) return row * extent_;
    return row / job_.inner * extent_ * job_.inner + row % job_.inner;
  }

  // Of a row that begins there, in what is held from its element `begin` on.
  ACT_PART Stretch StretchOf(const RowThread& at, uint64_t beginning, uint64_t begin) const {
    Extent first = at.place;
    if constexpr (Shape::kInParts) first += begin;
    if constexpr (Shape::kSplit) first += at.group % groups() * kRowSumElements;
    Extent left = extent_ > first ? extent_ - first : 0;
    if (left > kHeld * kPlaces) left = kHeld * kPlaces;
    // What is in it is compared again, or registers would keep the answers up to the results.
    return {beginning + first * step(), Again(static_cast<unsigned>(left))};
  }

  // From one element of a row to the next.
  ACT_PART uint64_t step() const { return kApart ? job_.inner : 1; }

  static ACT_PART float LoadOne(const void* base, uint64_t i) {
    if constexpr (Shape::kAnyhow) return LoadElement<float>(base, i);
    return OfTensor(static_cast<const float*>(base))[i];
  }

  template <unsigned kCount>
  ACT_PART void Load(const void* base, const Stretch& from, float filling,
                     float (&to)[kCount]) const {
    ForEach<kCount>(from.first, [&](unsigned k, uint64_t i) {
      to[k] = IsIn<kCount>(from, k) ? LoadOne(base, i) : filling;
    });
  }

  // What comes behind as many elements.
  ACT_PART Stretch Behind(const Stretch& stretch, unsigned count) const {
    const unsigned passed = count * kPlaces;
    const unsigned left = stretch.left > passed ? stretch.left - passed : 0;
    return {stretch.first + passed * step(), left};
  }

  template <unsigned kCount>
  ACT_PART void Store(const float (&values)[kCount], const Stretch& to) const {
    // For all that the compiler knows, a result could lie in the job.
    void* const out = job_.out;
    ForEach<kCount>(to.first, [&](unsigned k, uint64_t i) {
      if (!IsIn<kCount>(to, k)) return;
      if constexpr (Shape::kAnyhow) {
        StoreElement(values[k], out, i);
      } else {
        OfTensor(static_cast<float*>(out))[i] = values[k];
      }
    });
  }

 private:
  // That it is memory of the device and not shared is for compilers to know.
  template <class T>
  static ACT_PART T* OfTensor(T* pointer) {
#ifdef __CUDA_ARCH__
    __builtin_assume(__isGlobal(pointer));
#endif
    return pointer;
  }

  // visit(k, i) for the thread's k-th element of a row, which is the tensor's i-th.
  template <unsigned kCount, class Visit>
  ACT_PART void ForEach(uint64_t first, Visit visit) const {
    const uint64_t next = kPlaces * step();
    uint64_t i = first;
#pragma unroll
    for (unsigned k = 0; k < kCount; ++k) {
      visit(k, i);
      i += next;
      if (kApart) i = Again(i);
    }
  }

  const DeviceJob& job_;
  const Extent extent_;
  const unsigned log_groups_;  // of those that share a row
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROW_ELEMENTS_INL_H_
