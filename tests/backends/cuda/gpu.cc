// Tables of jobs on a real GPU.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "src/backends/cuda/launch.h"
#include "tests/backends/cuda/tensors.h"

namespace activation::cuda {
namespace {

// Memory of the device, and what becomes of it: the first error is kept.
class DeviceMemory {
 public:
  // Room for a tensor, with its contents; nullptr for none.
  std::byte* CopyOf(Tensor& tensor, bool is_output) {
    if (tensor.data() == nullptr) return nullptr;
    std::byte* const there = Room(tensor.size());
    Check(cudaMemcpy(there, tensor.data(), tensor.size(), cudaMemcpyHostToDevice));
    if (is_output) outputs_.push_back({&tensor, there});
    return there;
  }

  std::byte* Room(size_t bytes) {
    void* there = nullptr;
    Check(cudaMalloc(&there, bytes + 1));
    pieces_.emplace_back(static_cast<std::byte*>(there));
    return static_cast<std::byte*>(there);
  }

  void TakeBack() {
    for (const auto& [tensor, there] : outputs_) {
      Check(cudaMemcpy(tensor->data(), there, tensor->size(), cudaMemcpyDeviceToHost));
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
  std::vector<std::pair<Tensor*, std::byte*>> outputs_;
  std::string error_;
};

Evaluation OnDevice(Job& job, DeviceMemory& memory) {
  Evaluation evaluation = job.evaluation;
  evaluation.x = memory.CopyOf(job.x, false);
  evaluation.dy = memory.CopyOf(job.dy, false);
  evaluation.weight = memory.CopyOf(job.weight, false);
  evaluation.out = memory.CopyOf(job.out, true);
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

std::string RunOnGpu(std::vector<Job>& jobs) {
  DeviceMemory memory;
  std::vector<Evaluation> evaluations;
  for (Job& job : jobs) evaluations.push_back(OnDevice(job, memory));
  const JobTable table(evaluations);
  std::byte* const there = memory.Room(table.bytes().size());
  std::byte* const scratch = memory.Room(table.scratch_bytes());
  memory.Check(
      cudaMemcpy(there, table.bytes().data(), table.bytes().size(), cudaMemcpyHostToDevice));
  memory.Check(static_cast<cudaError_t>(Launch(table, there, scratch, nullptr)));
  memory.Check(cudaDeviceSynchronize());
  memory.TakeBack();
  return memory.error();
}

}  // namespace activation::cuda
