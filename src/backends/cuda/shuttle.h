// One stream of a device with memory of its own on both sides: takes a batch there,
// launches it, brings the results back. A device has several; while one waits for its
// results another copies in and a third computes, and that is all the overlap there is:
// a large tensor is pieces on several shuttles. Thread-compatible, a thread a shuttle, but for
// busy().
// In the way of a request: BatchQueue -> Shuttle -> Device.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_SHUTTLE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_SHUTTLE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/backends/cuda/arena.h"
#include "src/backends/cuda/backend_metrics.h"
#include "src/backends/cuda/device.h"
#include "src/backends/cuda/piece.h"

namespace activation::cuda {

class Shuttle {
 public:
  // With `bytes` of memory on each side. The device must outlive it.
  static absl::StatusOr<std::unique_ptr<Shuttle>> Make(Device& device, size_t bytes);
  ~Shuttle();

  Shuttle(const Shuttle&) = delete;
  Shuttle& operator=(const Shuttle&) = delete;

  // Returns when the results are where they belong. After an error, which is the device's
  // (device.h) or RESOURCE_EXHAUSTED where the host has no memory for lists of them, no memory of
  // the host that is an input has changed; the device's may have. What this thread itself copied is
  // counted in `metrics`.
  absl::Status Run(const Pieces& batch, BackendMetrics* metrics);

  // How long Run has been at its batch; zero where it runs not. From any thread.
  absl::Duration busy() const;

 private:
  using Clock = std::chrono::steady_clock;

  Shuttle(Device& device, size_t bytes) : device_(device), bytes_(bytes) {}

  absl::Status Allocate();
  absl::Status RunBatch(const Pieces& batch, BackendMetrics* metrics);
  // The pieces as the device sees them.
  std::vector<Evaluation> OnDevice(const Pieces& batch, const ArenaLayout& layout) const;
  absl::Status Queue(const Pieces& batch, const ArenaLayout& layout, const JobTable& jobs);
  absl::Status QueueCopiesIn(const Pieces& batch, const ArenaLayout& layout, size_t table_bytes);
  absl::Status QueueCopiesOut(const Pieces& batch, const ArenaLayout& layout);
  // These two say whether any byte of a tensor was copied.
  bool FillHost(const Pieces& batch, const ArenaLayout& layout, const JobTable& jobs);
  bool DeliverResults(const Pieces& batch, const ArenaLayout& layout) const;

  Device& device_;
  const size_t bytes_;
  std::byte* host_ = nullptr;
  std::byte* memory_ = nullptr;  // the device's
  Stream stream_ = nullptr;
  // When Run began; the clock's epoch where it runs not.
  std::atomic<Clock::time_point> begun_{Clock::time_point()};
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_SHUTTLE_H_
