// Memory of the GPU for a test, and the first error of what it does there.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_GPU_ROOM_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_GPU_ROOM_H_

#include <cuda_runtime_api.h>

#include <cstddef>
#include <string>
#include <vector>

#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/launch.h"

namespace activation::cuda {

// The grid of a test's own kernels, which loop over what they have.
inline constexpr unsigned kThreadsOfBlock = 256;
inline constexpr unsigned kBlocks = 2048;

class GpuRoom {
 public:
  GpuRoom() = default;
  GpuRoom(const GpuRoom&) = delete;
  GpuRoom& operator=(const GpuRoom&) = delete;
  ~GpuRoom() {
    for (void* const memory : memory_) cudaFree(memory);
  }

  template <class T>
  T* Take(size_t bytes) {
    void* memory = nullptr;
    Check(cudaMalloc(&memory, bytes + 1));
    memory_.push_back(memory);
    return static_cast<T*>(memory);
  }

  void Check(cudaError_t error) {
    if (error != cudaSuccess && error_.empty()) error_ = cudaGetErrorString(error);
  }
  const std::string& error() const { return error_; }

 private:
  std::vector<void*> memory_;
  std::string error_;
};

// A table of jobs that lies on the GPU, to be launched any number of times.
class GpuTable {
 public:
  GpuTable(absl::Span<const Evaluation> evaluations, GpuRoom& room)
      : table_(evaluations),
        room_(room),
        there_(room.Take<std::byte>(table_.bytes().size())),
        scratch_(room.Take<std::byte>(table_.scratch_bytes())) {
    if (!room.error().empty()) return;
    room.Check(
        cudaMemcpy(there_, table_.bytes().data(), table_.bytes().size(), cudaMemcpyHostToDevice));
  }

  void Launch() {
    room_.Check(static_cast<cudaError_t>(cuda::Launch(table_.groups(), there_, scratch_, nullptr)));
  }

 private:
  const JobTable table_;
  GpuRoom& room_;
  std::byte* const there_;
  std::byte* const scratch_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_GPU_ROOM_H_
