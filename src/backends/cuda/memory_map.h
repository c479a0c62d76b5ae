// Which memory is more than pageable memory of the host: ranges that were pinned for
// copies, and ranges of a device's own memory. Thread-safe; a look costs one atomic load
// while there are none.
// In the way of a request: CudaBackend asks it where an evaluation's tensors lie.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_MEMORY_MAP_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_MEMORY_MAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <shared_mutex>

namespace activation::cuda {

enum class Memory : uint8_t {
  kPageable,  // of the host: copied through staging memory
  kPinned,    // of the host: copied by the device itself
  kDevice,    // of the device: used where it lies
};

class MemoryMap {
 public:
  // Ranges do not overlap, but the same one may be added several times and then ends
  // with its last Remove.
  void Add(const void* begin, size_t bytes, Memory memory);
  void Remove(const void* begin);

  // Of the range that holds `address`, else kPageable.
  Memory Find(const void* address) const;

 private:
  struct Range {
    size_t bytes;
    Memory memory;
    int uses;
  };

  std::atomic<size_t> ranges_count_{0};
  mutable std::shared_mutex mutex_;
  std::map<uintptr_t, Range> ranges_;  // by first address; guarded by mutex_
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_MEMORY_MAP_H_
