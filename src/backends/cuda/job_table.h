// A list of evaluations as a device takes it: one buffer to be copied there, and what is
// to be launched on it. Plain C++; immutable once built, so safe from any thread.
// In the way of a request: CudaBackend -> JobTable -> Launch() (kernels/launch.h).
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_JOB_TABLE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_JOB_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "src/backends/backend.h"
#include "src/backends/cuda/kernels/device_job.h"

namespace activation::cuda {

class JobTable {
 public:
  // Evaluations of any functions, dtypes and lengths. Their pointers, those of gradients by
  // parameters and weights included, are addresses where they will run; none is looked at here.
  explicit JobTable(absl::Span<const Evaluation> evaluations);

  // What is to lie where the jobs run, aligned to kAlignment. May be copied anywhere.
  absl::Span<const std::byte> bytes() const { return bytes_; }
  static constexpr size_t kAlignment = 16;

  // How much memory the jobs need besides, there, aligned alike. Its contents are theirs
  // until they are done, and need not be cleared.
  size_t scratch_bytes() const { return scratch_bytes_; }

  // Launches, in their order.
  absl::Span<const Group> groups() const { return groups_; }

 private:
  std::vector<std::byte> bytes_;
  std::vector<Group> groups_;
  size_t scratch_bytes_ = 0;
};

// The fewest elements of a tensor that is looked up: of fewer the table, which takes some
// microseconds, would be much of the time. A guess by that; where it begins to pay nobody has
// measured.
inline constexpr uint64_t kLeastLookedUp = uint64_t{1} << 22;

// Whether a tensor is looked up where the device has the shared memory for it.
bool IsLookedUp(const Evaluation& evaluation);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_JOB_TABLE_H_
