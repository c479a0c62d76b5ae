#include "src/engine/admission.h"

#include <algorithm>
#include <limits>

#include "absl/time/time.h"
#include "src/base/errors.h"

namespace activation {
namespace {

// A full server frees bytes at wire speed: a few milliseconds are some tens of
// megabytes, and thousands of jobs.
constexpr absl::Duration kRetryAfter = absl::Milliseconds(10);

constexpr size_t kMostBytes = std::numeric_limits<size_t>::max();

}  // namespace

AdmissionTicket::~AdmissionTicket() {
  if (admission_ != nullptr) admission_->GiveBack(bytes_, jobs_);
}

void Admission::GiveBack(size_t bytes, size_t jobs) {
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  jobs_.fetch_sub(jobs, std::memory_order_relaxed);
}

absl::Status Admission::TakeBytes(size_t held, size_t bytes) {
  if (bytes > limit_bytes_ - held) {
    return RequestLargerThanAdmission(held + std::min(bytes, kMostBytes - held), limit_bytes_);
  }
  size_t of_all = bytes_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_bytes_ - of_all) {
      return TooManyBytesInFlight(bytes, of_all, limit_bytes_, kRetryAfter);
    }
  } while (!bytes_.compare_exchange_weak(of_all, of_all + bytes, std::memory_order_relaxed));
  return absl::OkStatus();
}

absl::StatusOr<AdmissionTicket> Admission::Admit(size_t bytes) {
  // Counted first and given back: a limit is passed by nobody, and refused by some only
  // while others are being refused.
  if (jobs_.fetch_add(1, std::memory_order_relaxed) >= limit_jobs_) {
    GiveBack(0, 1);
    return TooManyJobsInFlight(limit_jobs_, kRetryAfter);
  }
  const absl::Status taken = TakeBytes(0, bytes);
  if (taken.ok()) return AdmissionTicket(this, bytes, 1);
  GiveBack(0, 1);
  return taken;
}

absl::StatusOr<AdmissionTicket> Admission::AdmitMore(const AdmissionTicket& held, size_t bytes) {
  const absl::Status taken = TakeBytes(held.bytes(), bytes);
  if (!taken.ok()) return taken;
  return AdmissionTicket(this, bytes, 0);
}

}  // namespace activation
