// Admission by bytes and by jobs: how much of requests and replies all calls together
// may hold, and how many calls may be under way. Lock-free; every member is thread-safe.
// What their work takes is bounded elsewhere (cpu_queue.h), once it is known.
#ifndef ACTIVATION_SRC_ENGINE_ADMISSION_H_
#define ACTIVATION_SRC_ENGINE_ADMISSION_H_

#include <atomic>
#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"

namespace activation {

class Admission;

// Room that a call holds; gives it back when destroyed. Movable.
class AdmissionTicket {
 public:
  AdmissionTicket() = default;
  AdmissionTicket(AdmissionTicket&& other) noexcept
      : admission_(std::exchange(other.admission_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)),
        jobs_(std::exchange(other.jobs_, 0)) {}
  AdmissionTicket& operator=(AdmissionTicket&& other) noexcept {
    std::swap(admission_, other.admission_);
    std::swap(bytes_, other.bytes_);
    std::swap(jobs_, other.jobs_);
    return *this;
  }
  ~AdmissionTicket();

  size_t bytes() const { return bytes_; }

 private:
  friend class Admission;
  AdmissionTicket(Admission* admission, size_t bytes, size_t jobs)
      : admission_(admission), bytes_(bytes), jobs_(jobs) {}

  Admission* admission_ = nullptr;
  size_t bytes_ = 0;
  size_t jobs_ = 0;
};

class Admission {
 public:
  Admission(size_t limit_bytes, size_t limit_jobs)
      : limit_bytes_(limit_bytes), limit_jobs_(limit_jobs) {}

  // Room for a job of `bytes`, or RESOURCE_EXHAUSTED at once; never waits. INVALID_ARGUMENT where
  // the job would not fit alone.
  absl::StatusOr<AdmissionTicket> Admit(size_t bytes);
  // The same for more bytes of the job that holds `held`.
  absl::StatusOr<AdmissionTicket> AdmitMore(const AdmissionTicket& held, size_t bytes);

  size_t inflight_bytes() const { return bytes_.load(std::memory_order_relaxed); }
  size_t inflight_jobs() const { return jobs_.load(std::memory_order_relaxed); }

 private:
  friend class AdmissionTicket;

  // For a job that holds `held` bytes already.
  absl::Status TakeBytes(size_t held, size_t bytes);
  void GiveBack(size_t bytes, size_t jobs);

  const size_t limit_bytes_;
  const size_t limit_jobs_;
  std::atomic<size_t> bytes_{0};
  std::atomic<size_t> jobs_{0};
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_ADMISSION_H_
