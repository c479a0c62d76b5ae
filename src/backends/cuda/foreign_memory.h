// Memory of other processes that devices can reach by themselves, for as long as one of
// these objects lives: memory of the host that was pinned, and memory of a device that was
// exported. Immutable; the backends must outlive it, and no run may use it any more when
// it goes. What a lost device had pinned stays in the host's memory until the process ends.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_FOREIGN_MEMORY_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_FOREIGN_MEMORY_H_

#include <cstddef>
#include <vector>

#include "src/backends/cuda/cuda_backend.h"

namespace activation::cuda {

class PinnedMemory {
 public:
  // `memory` is pinned by one of the backends, for all of them.
  PinnedMemory(std::byte* memory, size_t bytes, CudaBackend& pinner,
               std::vector<CudaBackend*> backends)
      : memory_(memory), pinner_(pinner), backends_(std::move(backends)) {
    for (CudaBackend* backend : backends_) backend->memory().Add(memory, bytes, Memory::kPinned);
  }
  ~PinnedMemory() {
    for (CudaBackend* backend : backends_) backend->memory().Remove(memory_);
    pinner_.device().Unpin(memory_);
  }
  PinnedMemory(const PinnedMemory&) = delete;
  PinnedMemory& operator=(const PinnedMemory&) = delete;

 private:
  std::byte* const memory_;
  CudaBackend& pinner_;
  const std::vector<CudaBackend*> backends_;
};

class ImportedMemory {
 public:
  ImportedMemory(CudaBackend& backend, const IpcMemory& memory)
      : backend_(backend), memory_(memory) {
    backend_.memory().Add(memory.data, memory.bytes, Memory::kDevice);
  }
  ~ImportedMemory() {
    backend_.memory().Remove(memory_.data);
    backend_.device().CloseIpc(memory_.data);
  }
  ImportedMemory(const ImportedMemory&) = delete;
  ImportedMemory& operator=(const ImportedMemory&) = delete;

  // An address of the device's.
  std::byte* data() const { return static_cast<std::byte*>(memory_.data); }
  size_t bytes() const { return memory_.bytes; }

 private:
  CudaBackend& backend_;
  const IpcMemory memory_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_FOREIGN_MEMORY_H_
