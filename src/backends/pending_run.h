// A Backend::Run in pieces that go different ways: knows when the last of them is done,
// and what became of them all. Thread-safe.
#ifndef ACTIVATION_SRC_BACKENDS_PENDING_RUN_H_
#define ACTIVATION_SRC_BACKENDS_PENDING_RUN_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "src/backends/backend.h"

namespace activation {

class PendingRun {
 public:
  PendingRun(size_t pieces, Interrupt interrupt, std::function<void(absl::Status)> done)
      : interrupt_(std::move(interrupt)), done_(std::move(done)), remaining_(pieces) {}

  // Whether a piece may begin: what the interrupt says, or an earlier piece's error.
  absl::Status Proceed() {
    if (failed_.load(std::memory_order_acquire)) return status();
    return interrupt_();
  }

  // For once a piece; the last one calls `done`. The first error is the run's.
  void PieceDone(const absl::Status& result) {
    if (!result.ok()) {
      const std::lock_guard<std::mutex> lock(mutex_);
      status_.Update(result);
      failed_.store(true, std::memory_order_release);
    }
    if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) done_(status());
  }

  const Interrupt& interrupt() const { return interrupt_; }

 private:
  absl::Status status() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }

  const Interrupt interrupt_;
  const std::function<void(absl::Status)> done_;
  std::atomic<size_t> remaining_;
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  absl::Status status_;  // guarded by mutex_
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_PENDING_RUN_H_
