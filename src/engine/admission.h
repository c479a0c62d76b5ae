// Admission by bytes: how much of requests and replies all calls together may
// hold. Lock-free; every member is thread-safe.
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
        bytes_(std::exchange(other.bytes_, 0)) {}
  AdmissionTicket& operator=(AdmissionTicket&& other) noexcept {
    std::swap(admission_, other.admission_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~AdmissionTicket();

  size_t bytes() const { return bytes_; }

 private:
  friend class Admission;
  AdmissionTicket(Admission* admission, size_t bytes) : admission_(admission), bytes_(bytes) {}

  Admission* admission_ = nullptr;
  size_t bytes_ = 0;
};

class Admission {
 public:
  explicit Admission(size_t limit_bytes) : limit_(limit_bytes) {}

  // Room for `bytes`, or RESOURCE_EXHAUSTED at once; never waits.
  absl::StatusOr<AdmissionTicket> Admit(size_t bytes);

  size_t inflight_bytes() const { return inflight_.load(std::memory_order_relaxed); }

 private:
  friend class AdmissionTicket;

  const size_t limit_;
  std::atomic<size_t> inflight_{0};
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_ADMISSION_H_
