// How a warp reads and writes its part of a tensor: each lane some elements in registers,
// all loads in flight at a time. Include in .cu files after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_WARP_TILE_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_WARP_TILE_INL_H_

#include <cstring>

#include "src/backends/cuda/kernels/fetch_ahead.h"
#include "src/backends/cuda/kernels/kernel.h"

namespace activation::cuda {

template <class T>
struct alignas(kVectorBytes) Vector {
  static constexpr unsigned kWidth = kVectorBytes / sizeof(T);
  T at[kWidth];
};

// A lane's elements of one tensor.
template <class T>
using LaneValues = Vector<T>[kVectors];

ACT_FN bool IsAligned(const void* pointer, size_t alignment) {
  return reinterpret_cast<uintptr_t>(pointer) % alignment == 0;
}

// Whether a tile of a job is whole and its tensors, of which one may be none, can be read and
// written in vectors: one reads dy of a gradient alone. All of them are read at once, else each
// comparison waits for one; but elements of 16 bits have no registers for that.
template <class T>
ACT_FN bool IsInVectors(const DeviceJob& job, uint64_t tile_end, uint64_t count) {
  if constexpr (sizeof(T) == 2) {
    return tile_end <= count && IsAligned(job.x, kVectorBytes) &&
           IsAligned(job.out, kVectorBytes) && IsAligned(job.dy, kVectorBytes);
  } else {
    const auto address = [](const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); };
    const uintptr_t any = address(job.x) | address(job.dy) | address(job.out);
    return any % kVectorBytes == 0 && tile_end <= count;
  }
}

// Tensors are read once and written once, so they need not stay in the caches.
template <class T>
ACT_FN Vector<T> LoadVector(const T* from) {
#ifdef __CUDA_ARCH__
  const int4 bits = __ldcs(reinterpret_cast<const int4*>(from));
  Vector<T> vector;
  std::memcpy(&vector, &bits, sizeof(vector));
  return vector;
#else
  return *reinterpret_cast<const Vector<T>*>(from);
#endif
}

template <class T>
ACT_FN void StoreVector(const Vector<T>& vector, T* to) {
#ifdef __CUDA_ARCH__
  int4 bits;
  std::memcpy(&bits, &vector, sizeof(vector));
  __stcs(reinterpret_cast<int4*>(to), bits);
#else
  *reinterpret_cast<Vector<T>*>(to) = vector;
#endif
}

// One element at any address.
template <class T>
ACT_FN T LoadElement(const void* base, uint64_t i) {
  const T* const from = static_cast<const T*>(base) + i;
  if (IsAligned(base, sizeof(T))) return *from;
  T value;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(from);
  unsigned char copy[sizeof(T)];
  for (unsigned k = 0; k < sizeof(T); ++k) copy[k] = bytes[k];
  std::memcpy(&value, copy, sizeof(T));
  return value;
}

template <class T>
ACT_FN void StoreElement(T value, void* base, uint64_t i) {
  T* const to = static_cast<T*>(base) + i;
  if (IsAligned(base, sizeof(T))) {
    *to = value;
    return;
  }
  unsigned char copy[sizeof(T)];
  std::memcpy(copy, &value, sizeof(T));
  auto* const bytes = reinterpret_cast<unsigned char*>(to);
  for (unsigned k = 0; k < sizeof(T); ++k) bytes[k] = copy[k];
}

// Has the device's cache fetch the line that an address lies in.
ACT_FN void FetchLine(const void* address) {
#ifdef __CUDA_ARCH__
  asm volatile("prefetch.global.L2 [%0];" ::"l"(__cvta_generic_to_global(address)));
#else
  static_cast<void>(address);
#endif
}

// The same of a range of a tensor, of which each thread asks for a line.
ACT_FN void Fetch(const void* base, ByteRange range, unsigned thread) {
  const uint64_t at = range.begin + thread * kLineBytes;
  if (at < range.end) FetchLine(static_cast<const std::byte*>(base) + at);
}

// Where elements of a tensor lie that is taken as it stands.
struct AsItStands {
  ACT_FN uint64_t operator()(uint64_t i) const { return i; }
};

// A lane's part of a tile of elements [begin, end) of tensors.
template <class T>
class LaneTile {
 public:
  static constexpr unsigned kWidth = Vector<T>::kWidth;
  static constexpr unsigned kElements = kTileBytes / sizeof(T);

  // `in_vectors`: whether the tile is whole and every tensor aligned to vectors.
  ACT_FN LaneTile(uint64_t begin, uint64_t end, unsigned lane, bool in_vectors)
      : elements_{begin, lane, in_vectors}, end_(end) {}

  // Element i is that at place(i) of the tensor; a vector's lie side by side. What is
  // beyond the end is zero.
  template <class Place = AsItStands>
  ACT_FN void Load(const void* base, LaneValues<T>& values, Place place = {}) const {
    if (elements_.in_vectors) {
#pragma unroll
      for (unsigned v = 0; v < kVectors; ++v) {
        values[v] = LoadVector(static_cast<const T*>(base) + place(elements_.At(v, 0)));
      }
      return;
    }
    ForEach([&](unsigned v, unsigned k, uint64_t i) {
      values[v].at[k] = i < end_ ? LoadElement<T>(base, place(i)) : T{0};
    });
  }

  template <class Place = AsItStands>
  ACT_FN void Store(const LaneValues<T>& values, void* base, Place place = {}) const {
    if (elements_.in_vectors) {
#pragma unroll
      for (unsigned v = 0; v < kVectors; ++v) {
        StoreVector(values[v], static_cast<T*>(base) + place(elements_.At(v, 0)));
      }
      return;
    }
    ForEach([&](unsigned v, unsigned k, uint64_t i) {
      if (i < end_) StoreElement(values[v].at[k], base, place(i));
    });
  }

  // Whether a later tile is to be fetched.
  ACT_FN bool IsFollowed(const Tile& tile) const { return tile.ahead != 0 && elements_.in_vectors; }

  // Fetches of x and, if any, dy what a later warp reads of them: each line is asked for by the
  // lane that has its first vector.
  ACT_FN void FetchAhead(const Tile& tile, const void* x, const void* dy) const {
    if (!IsFollowed(tile) || elements_.lane % (kLineBytes / kVectorBytes) != 0) return;
    const uint64_t first = elements_.At(0, 0) + uint64_t{tile.ahead} * kElements;
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
      const uint64_t i = first + v * (kElements / kVectors);
      FetchLine(static_cast<const T*>(x) + i);
      if (dy != nullptr) FetchLine(static_cast<const T*>(dy) + i);
    }
  }

  // The index of an element of a vector, as ForEach counts them.
  ACT_FN uint64_t At(unsigned v, unsigned k) const { return elements_.At(v, k); }

  ACT_FN uint64_t end() const { return end_; }

  // Calls visit(vector, element of it, index) for each.
  template <class Visit>
  ACT_FN void ForEach(Visit visit) const {
#pragma unroll
    for (unsigned v = 0; v < kVectors; ++v) {
#pragma unroll
      for (unsigned k = 0; k < kWidth; ++k) visit(v, k, elements_.At(v, k));
    }
  }

 private:
  LaneElements<kWidth> elements_;
  uint64_t end_;
};

// A tensor that a lane reads: its elements in registers, ones where there is no tensor.
template <class T, class Place = AsItStands>
class LaneInput {
 public:
  ACT_FN LaneInput(const LaneTile<T>& part, const void* base, T one, Place place = {})
      : base_(base), one_(one), place_(place) {
    if (base != nullptr) {
      part.Load(base, values_, place);
    } else {
      part.ForEach([&](unsigned v, unsigned k, uint64_t) { values_[v].at[k] = one; });
    }
  }

  ACT_FN T At(unsigned v, unsigned k) const { return values_[v].at[k]; }

  // Has the compiler take the elements for others from here on, so that registers do not keep
  // what two formulas of them have in common, which is more than they hold.
  ACT_FN void Forget() {
#ifdef __CUDA_ARCH__
    for (Vector<T>& vector : values_) {
      int4 bits;
      std::memcpy(&bits, &vector, sizeof(bits));
      asm volatile("" : "+r"(bits.x), "+r"(bits.y), "+r"(bits.z), "+r"(bits.w));
      std::memcpy(&vector, &bits, sizeof(bits));
    }
#endif
  }

  // Element i once more from memory: for what is rare, so that no register keeps it.
  ACT_FN T Again(uint64_t i) const {
    return base_ == nullptr ? one_ : LoadElement<T>(base_, place_(i));
  }

 private:
  const void* base_;
  T one_;
  Place place_;
  LaneValues<T> values_;
};

// A kernel of which each warp does a tile: Does::Lane(tile, lane) for each lane. Does::kBlocks of
// its blocks are on a multiprocessor at a time at least, which bounds its registers: each asks
// memory for 4 KiB of each tensor that it reads. Where later tiles are to be fetched ahead those
// are Does::kTensors, else that is 0.
template <class Does>
__global__ void __launch_bounds__(kWarps* kLanes, Does::kBlocks)
    WarpKernel(const __grid_constant__ GroupView group) {
  const WarpLane part = WarpLaneOf(blockIdx.x, threadIdx.x);
  if (part.tile >= group.tiles) return;
  Tile tile = FindTile(group, part.tile);
  if constexpr (Does::kTensors > 0) {
    tile.ahead = TilesAhead(group, blockIdx.x, gridDim.x, kWarps);
  }
  Does::Lane(tile, part.lane);
}

template <class Does>
void WarpsOnHost(const GroupView& group) {
  for (uint64_t block = 0; block < BlocksOf(group.tiles, kWarps); ++block) {
    for (unsigned thread = 0; thread < kWarps * kLanes; ++thread) {
      const WarpLane part = WarpLaneOf(block, thread);
      if (part.tile < group.tiles) Does::Lane(FindTile(group, part.tile), part.lane);
    }
  }
}

template <class Does>
Kernel KernelOfWarps() {
  return {.entry = reinterpret_cast<const void*>(&WarpKernel<Does>),
          .on_host = WarpsOnHost<Does>,
          .threads = kWarps * kLanes,
          .tiles_per_block = kWarps,
          .block_reads = kWarps * Does::kTensors * kTileBytes};
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_WARP_TILE_INL_H_
