// How long a job takes on the CPU and on a CUDA device, from rates that were measured on
// this machine (calibration.h), and which of the two it should have. Pure.
//
// On the CPU a job takes time by its elements; a small one is believed to run on the calling
// thread (short_jobs.h knows better), a larger one on all workers after they have woken. On a
// device it takes one latency, in which a batch's delay is counted, and then the longer of its
// copies and its kernels, which overlap. What each has still to do comes on top. Rates stand for
// one function, gelu; others differ by a factor of some, which moves the point where the choice
// turns by as much and costs little there, because around it both take about as long. In the way of
// a request: Engine::Assign.
#ifndef ACTIVATION_SRC_ENGINE_COST_MODEL_H_
#define ACTIVATION_SRC_ENGINE_COST_MODEL_H_

#include <array>
#include <cstddef>

#include "src/backends/backend.h"
#include "src/backends/cuda/piece.h"

namespace activation {

// Types and tiers whose rates are alike: {exact, fast} of {16 bits, f32, f64}.
inline constexpr size_t kRateClasses = 6;
size_t RateClassOf(DType dtype, Tier tier);

// A function in one direction with one kind of rate, below CostKindCount().
size_t CostKindOf(const Evaluation& evaluation);
size_t CostKindCount();

// In seconds; of one element or of one byte where a name ends so.
struct CostModel {
  std::array<double, kRateClasses> cpu_element{};  // on one thread
  double cpu_speedup = 1;                          // of all workers over one, a ratio
  double cpu_wake = 0;                             // of the workers
  double cuda_latency = 0;                         // of a batch that carries nothing
  std::array<double, kRateClasses> cuda_element{};
  double staged_byte = 0;  // of pageable memory, either way, all steps overlapping
  double in_byte = 0;      // of pinned memory
  double out_byte = 0;
  double resident_byte = 0;  // of the device's, read or written by a kernel
};

// What a job is made of, as far as costs go.
struct Load {
  std::array<size_t, kRateClasses> elements{};
  cuda::TouchedBytes bytes;

  void Add(const Evaluation& evaluation, const cuda::Residence& residence);
};

// What has been given to each and is not done, in seconds.
struct Backlog {
  double cpu = 0;
  double cuda = 0;
};

// Whether the CPU may compute it on the calling thread.
bool IsSmall(const Load& load);

double CpuSeconds(const CostModel& model, const Load& load);
double CudaSeconds(const CostModel& model, const Load& load);

// Of what a device has been given and has not done.
double OutstandingSeconds(const CostModel& model, const cuda::TouchedBytes& outstanding);

// The one that is done first; the CPU where they are equal.
Placement Choose(const CostModel& model, const Load& load, const Backlog& backlog);

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_COST_MODEL_H_
