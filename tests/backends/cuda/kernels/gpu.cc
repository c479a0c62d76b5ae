// Tables of jobs on a real GPU.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/launch.h"
#include "tests/backends/cuda/kernels/tensors.h"

namespace activation::cuda {
namespace {

// Memory of the device, and what becomes of it: the first error is kept.
class DeviceMemory {
 public:
  // A tensor with its contents and its guards; nullptr for none.
  std::byte* CopyOf(GuardedBytes& tensor, bool is_output) {
    if (tensor.data() == nullptr) return nullptr;
    std::byte* const there = Room(tensor.memory_bytes());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(there) % GuardedBytes::kAlignment, 0U);
    Check(cudaMemcpy(there, tensor.memory(), tensor.memory_bytes(), cudaMemcpyHostToDevice));
    if (is_output) outputs_.emplace_back(&tensor, there);
    return there + tensor.start();
  }

  std::byte* Room(size_t bytes) {
    void* there = nullptr;
    Check(cudaMalloc(&there, bytes + 1));
    pieces_.emplace_back(static_cast<std::byte*>(there));
    return static_cast<std::byte*>(there);
  }

  void TakeBack() {
    for (const auto& [tensor, there] : outputs_) {
      Check(cudaMemcpy(tensor->memory(), there, tensor->memory_bytes(), cudaMemcpyDeviceToHost));
    }
  }

  void Check(cudaError_t error) {
    if (error != cudaSuccess && error_.empty()) error_ = cudaGetErrorString(error);
  }
  const std::string& error() const { return error_; }

 private:
  struct Free {
    void operator()(std::byte* there) const { cudaFree(there); }
  };
  std::vector<std::unique_ptr<std::byte, Free>> pieces_;
  std::vector<std::pair<GuardedBytes*, std::byte*>> outputs_;
  std::string error_;
};

Evaluation OnDevice(Job& job, Output output, DeviceMemory& memory) {
  Evaluation evaluation = job.evaluation;
  std::byte* const x = memory.CopyOf(job.x, output == Output::kOverX);
  evaluation.x = x;
  evaluation.dy = memory.CopyOf(job.dy, false);
  evaluation.weight = memory.CopyOf(job.weight, false);
  evaluation.out = output == Output::kOverX ? x : memory.CopyOf(job.out, true);
  evaluation.parameter_gradients =
      reinterpret_cast<double*>(memory.CopyOf(job.parameter_gradients, true));
  evaluation.weight_gradient = memory.CopyOf(job.weight_gradient, true);
  return evaluation;
}

}  // namespace

std::string MissingGpu() {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  std::string missing;
  if (error != cudaSuccess) {
    missing = cudaGetErrorString(error);
  } else if (devices == 0) {
    missing = "no device";
  }
  // `./dev gpu` must not pass by skipping everything.
  if (!missing.empty() && std::getenv("ACTIVATION_NEED_GPU") != nullptr) ADD_FAILURE() << missing;
  return missing;
}

std::string RunOnGpu(std::vector<Job>& jobs, Output output) {
  DeviceMemory memory;
  std::vector<Evaluation> evaluations;
  for (Job& job : jobs) evaluations.push_back(OnDevice(job, output, memory));
  const JobTable table(evaluations);
  std::byte* const there = memory.Room(table.bytes().size());
  std::byte* const scratch = memory.Room(table.scratch_bytes());
  memory.Check(
      cudaMemcpy(there, table.bytes().data(), table.bytes().size(), cudaMemcpyHostToDevice));
  memory.Check(static_cast<cudaError_t>(Launch(table.groups(), there, scratch, nullptr)));
  memory.Check(cudaDeviceSynchronize());
  memory.TakeBack();
  return memory.error();
}

}  // namespace activation::cuda
