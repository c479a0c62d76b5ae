// Where kernels may work in the tensors themselves, and where they stream their results past
// the caches.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_DIRECT_BLOCKS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_DIRECT_BLOCKS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/backends/backend.h"
#include "src/backends/cpu/staging.h"

namespace activation {

// Elements that are taken at a time where no buffer is between.
constexpr size_t kDirectBlock = 16384;

// From how many bytes on the tensors of an evaluation are too many for the caches, so
// that results are better streamed to memory. Measured (docs/performance.md).
constexpr size_t kStreamBytes = size_t{24} << 20;

// Whether kernels can work in the tensors, but for the last elements. Not in place,
// because what is in doubt is computed again from the input.
inline bool IsDirect(const Evaluation& evaluation) {
  const size_t size = SizeOf(evaluation.dtype);
  return size >= 4 && IsAligned(evaluation.x, size) && IsAligned(evaluation.dy, size) &&
         IsAligned(evaluation.out, size) && evaluation.out != evaluation.x &&
         evaluation.out != evaluation.dy;
}

// Bytes that an evaluation reads and writes.
inline size_t TrafficOf(const Evaluation& evaluation) {
  const size_t dy = evaluation.dy == nullptr ? 0 : ResultCount(evaluation);
  return (evaluation.count + dy + OutputCount(evaluation)) * SizeOf(evaluation.dtype);
}

// How to store what kernels write to the tensor itself. Whether it is larger than the caches
// is a question about all of it, of which a stretch may be a small part.
inline Store StoreOf(const Evaluation& evaluation) {
  const bool is_large = TrafficOf(evaluation) >= kStreamBytes;
  return is_large && IsDirect(evaluation) ? Store::kStreamed : Store::kCached;
}

// How many elements of the output precede the first that kernels can stream to.
inline size_t ElementsToAligned(const Evaluation& evaluation, size_t begin) {
  const size_t size = SizeOf(evaluation.dtype);
  const auto address = reinterpret_cast<uintptr_t>(evaluation.out) + begin * size;
  return (kStreamAlignment - address % kStreamAlignment) % kStreamAlignment / size;
}

// Calls visit(index, count, store) for each block of elements [begin, begin + count): large ones
// of whole granules where kernels can work in the tensors, with `store`, which is StoreOf the
// evaluation, and small ones elsewhere. Whoever streams must call hwy::FlushStream after.
template <class Visit>
void ForEachDirectBlock(const Evaluation& evaluation, size_t begin, size_t count, Store store,
                        Visit visit) {
  const auto each = [&](size_t from, size_t n, size_t block, Store to) {
    ForEachBlock(from, n, block, [&](size_t index, size_t size) { visit(index, size, to); });
  };
  const size_t end = begin + count;
  size_t next = begin;
  if (store == Store::kStreamed) {
    next += std::min(count, ElementsToAligned(evaluation, begin));
    each(begin, next - begin, kBlock, Store::kCached);
  }
  if (IsDirect(evaluation)) {
    const size_t whole = (end - next) / kKernelGranule * kKernelGranule;
    each(next, whole, kDirectBlock, store);
    next += whole;
  }
  each(next, end - next, kBlock, Store::kCached);
}

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_DIRECT_BLOCKS_H_
