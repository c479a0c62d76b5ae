// Evaluations that own their tensors, for tests of the CUDA backend's kernels: inputs, and
// outputs with guard bytes around them.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_TENSORS_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_TENSORS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "src/backends/backend.h"

namespace activation::cuda {

// Bytes at an offset from any alignment, with guard bytes before and behind them.
class GuardedBytes {
 public:
  GuardedBytes() = default;
  GuardedBytes(std::vector<std::byte> contents, size_t offset);

  // As many bytes, all of them 0xa5.
  static GuardedBytes Blank(size_t bytes, size_t offset);

  std::byte* data() { return lines_.empty() ? nullptr : memory() + start(); }
  size_t size() const { return size_; }
  bool is_guard_intact() const;

  // The guards with what is between them, so that it can be elsewhere as it is here: aligned to
  // kAlignment, data() being start() behind it.
  static constexpr size_t kAlignment = 64;
  std::byte* memory() { return lines_[0].bytes; }
  size_t memory_bytes() const { return lines_.size() * sizeof(Line); }
  size_t start() const { return sizeof(Line) + offset_; }

 private:
  struct alignas(kAlignment) Line {
    std::byte bytes[kAlignment];
  };

  std::vector<Line> lines_;
  size_t size_ = 0;
  size_t offset_ = 0;
};

struct Job {
  Evaluation evaluation;  // all but its pointers
  GuardedBytes x;
  GuardedBytes dy;  // empty: ones
  GuardedBytes out;
  GuardedBytes weight;
  GuardedBytes parameter_gradients;  // empty: not wanted
  GuardedBytes weight_gradient;      // alike

  // The evaluation with pointers to these tensors.
  Evaluation Bound();
};

// `out` and gradients as large as the evaluation says, at an offset.
void MakeOutputs(Job& job, bool parameters, bool weights, size_t offset);

// By the CPU backend, which is the standard.
void RunOnCpu(std::vector<Job>& jobs);

// By the kernels' code as loops of this host, in one table.
void RunOnHost(absl::Span<const Evaluation> evaluations);
void RunOnHost(std::vector<Job>& jobs);

// Where results go.
enum class Output { kOut, kOverX };

// By the GPU: in one table, all tensors copied there and back, with their guards and as far from
// any alignment as they are here. Returns what went wrong, or "".
std::string RunOnGpu(std::vector<Job>& jobs, Output output = Output::kOut);

// Why there is no GPU to run on, or "".
std::string MissingGpu();

// Expects the same bits in every output, and no byte written beyond.
void ExpectSameBits(std::vector<Job>& wanted, std::vector<Job>& found);

// Runs the jobs by the CPU backend, and by the kernels on the host or the GPU, and expects that.
void ExpectCpuBitsOnHost(std::vector<Job> jobs);
void ExpectCpuBitsOnGpu(std::vector<Job> jobs);

// The same where results go over an input of theirs, &Job::x or &Job::dy, which has as many
// elements.
void ExpectCpuBitsOverInputOnHost(std::vector<Job> jobs, GuardedBytes Job::*input);
void ExpectCpuBitsOverXOnGpu(std::vector<Job> jobs);

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_KERNELS_TENSORS_H_
