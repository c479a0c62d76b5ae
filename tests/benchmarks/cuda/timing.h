// Memory of a GPU with numbers in it, tables of jobs there, and how long what is queued takes. Ends
// the program where the runtime fails. Not thread-safe.
#ifndef ACTIVATION_TESTS_BENCHMARKS_CUDA_TIMING_H_
#define ACTIVATION_TESTS_BENCHMARKS_CUDA_TIMING_H_

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/launch.h"

namespace activation::cuda {

inline constexpr int kRounds = 9;

inline void Check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "activation-cuda-bench: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

template <class T>
T Median(std::vector<T> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// Memory of the device.
class Buffer {
 public:
  explicit Buffer(size_t bytes) : bytes_(bytes) {
    void* there = nullptr;
    Check(cudaMalloc(&there, std::max<size_t>(bytes, 1)));
    data_ = static_cast<std::byte*>(there);
  }
  ~Buffer() { cudaFree(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // With these bytes over and over again.
  void Fill(const std::vector<std::byte>& pattern) {
    for (size_t at = 0; at < bytes_; at += pattern.size()) {
      const size_t size = std::min(pattern.size(), bytes_ - at);
      Check(cudaMemcpy(data_ + at, pattern.data(), size, cudaMemcpyHostToDevice));
    }
  }

  std::byte* data() const { return data_; }

 private:
  const size_t bytes_;
  std::byte* data_;
};

// The median of a few rounds, in seconds, of what `enqueue` puts into the default stream.
template <class Enqueue>
double SecondsOf(Enqueue enqueue) {
  cudaEvent_t begin;
  cudaEvent_t end;
  Check(cudaEventCreate(&begin));
  Check(cudaEventCreate(&end));
  enqueue();
  std::vector<float> times(kRounds);
  for (float& time : times) {
    Check(cudaEventRecord(begin));
    enqueue();
    Check(cudaEventRecord(end));
    Check(cudaEventSynchronize(end));
    Check(cudaEventElapsedTime(&time, begin, end));
  }
  Check(cudaEventDestroy(begin));
  Check(cudaEventDestroy(end));
  return Median(times) * 1e-3;
}

// A table on the device, ready to be launched.
class Prepared {
 public:
  explicit Prepared(const std::vector<Evaluation>& evaluations)
      : table_(evaluations), there_(table_.bytes().size()), scratch_(table_.scratch_bytes()) {
    Check(cudaMemcpy(there_.data(), table_.bytes().data(), table_.bytes().size(),
                     cudaMemcpyHostToDevice));
  }

  void Launch() const {
    Check(static_cast<cudaError_t>(
        cuda::Launch(table_.groups(), there_.data(), scratch_.data(), nullptr)));
  }

 private:
  const JobTable table_;
  const Buffer there_;
  const Buffer scratch_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BENCHMARKS_CUDA_TIMING_H_
