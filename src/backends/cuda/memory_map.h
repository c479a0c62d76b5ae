// Which memory is more than pageable memory of the host: ranges that were pinned for
// copies, and ranges of a device's own memory. Thread-safe; a look takes no lock and writes
// nothing, as every tensor is looked for, by all threads, and ranges change seldom.
// In the way of a request: CudaBackend asks it where an evaluation's tensors lie.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_MEMORY_MAP_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_MEMORY_MAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

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

  // Of all ranges, by first address. Atomic in every part: who looks may see one that is being
  // written, and finds by `changes_` that he did.
  struct Entry {
    std::atomic<uintptr_t> begin{0};
    std::atomic<size_t> bytes{0};
    std::atomic<Memory> memory{Memory::kPageable};
  };
  struct Snapshot {
    explicit Snapshot(size_t most) : entries(most) {}
    std::vector<Entry> entries;
    std::atomic<size_t> count{0};
  };

  // Both to be called with the lock. Room for one range more.
  void Reserve();
  void Publish();
  // What the latest snapshot says, whether or not it is whole.
  Memory Look(const void* address) const;

  mutable std::mutex mutex_;
  std::map<uintptr_t, Range> ranges_;  // by first address; guarded by mutex_
  // Each twice the one before, which is kept, as others may still look at it; guarded by mutex_.
  std::vector<std::unique_ptr<Snapshot>> snapshots_;
  std::atomic<const Snapshot*> latest_{nullptr};
  std::atomic<uint64_t> changes_{0};  // odd while the latest is written
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_MEMORY_MAP_H_
