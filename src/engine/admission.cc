#include "src/engine/admission.h"

#include "absl/time/time.h"
#include "src/base/errors.h"

namespace activation {
namespace {

// A full server frees bytes at wire speed: a few milliseconds are some tens of
// megabytes.
constexpr absl::Duration kRetryAfter = absl::Milliseconds(10);

}  // namespace

AdmissionTicket::~AdmissionTicket() {
  if (admission_ != nullptr) admission_->inflight_.fetch_sub(bytes_, std::memory_order_relaxed);
}

absl::StatusOr<AdmissionTicket> Admission::Admit(size_t bytes) {
  if (bytes > limit_) return RequestLargerThanAdmission(bytes, limit_);
  size_t held = inflight_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ - held) return TooManyBytesInFlight(bytes, held, limit_, kRetryAfter);
  } while (!inflight_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
  return AdmissionTicket(this, bytes);
}

}  // namespace activation
