// Memory of other processes that devices can reach by themselves, for as long as one of
// these objects lives: memory of the host that was pinned, and memory of a device that was
// exported. Immutable; the backends must outlive it, and no run may use it any more when
// it goes. What a lost device had pinned stays in the host's memory until the process ends.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_FOREIGN_MEMORY_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_FOREIGN_MEMORY_H_

#include <cstddef>
#include <list>
#include <memory>

#include "absl/types/span.h"
#include "src/backends/cuda/cuda_backend.h"

namespace activation::cuda {

// Ends what a device was asked for; what holds it by this loses nothing, whatever has no memory.
struct Unpin {
  CudaBackend* pinner;
  void operator()(std::byte* memory) const { pinner->device().Unpin(memory); }
};
struct CloseIpc {
  CudaBackend* opener;
  void operator()(std::byte* memory) const { opener->device().CloseIpc(memory); }
};

// A range that a backend's map has.
class MappedRange {
 public:
  MappedRange(CudaBackend& backend, const std::byte* begin, size_t bytes, Memory memory)
      : map_(backend.memory()), begin_(begin) {
    map_.Add(begin, bytes, memory);
  }
  ~MappedRange() { map_.Remove(begin_); }
  MappedRange(const MappedRange&) = delete;
  MappedRange& operator=(const MappedRange&) = delete;

 private:
  MemoryMap& map_;
  const std::byte* const begin_;
};

class PinnedMemory {
 public:
  using Pin = std::unique_ptr<std::byte, Unpin>;

  // It is pinned for all of the backends.
  PinnedMemory(Pin memory, size_t bytes, absl::Span<const std::unique_ptr<CudaBackend>> backends)
      : memory_(std::move(memory)) {
    for (const auto& backend : backends) {
      ranges_.emplace_back(*backend, memory_.get(), bytes, Memory::kPinned);
    }
  }

 private:
  const Pin memory_;
  std::list<MappedRange> ranges_;  // go before it
};

class ImportedMemory {
 public:
  using Opened = std::unique_ptr<std::byte, CloseIpc>;

  ImportedMemory(Opened memory, size_t bytes)
      : memory_(std::move(memory)),
        bytes_(bytes),
        range_(*memory_.get_deleter().opener, memory_.get(), bytes, Memory::kDevice) {}

  // An address of the device's.
  std::byte* data() const { return memory_.get(); }
  size_t bytes() const { return bytes_; }

 private:
  const Opened memory_;
  const size_t bytes_;
  const MappedRange range_;  // goes before it
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_FOREIGN_MEMORY_H_
