#include "src/base/errors.h"

#include <cerrno>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "src/base/limits.h"
#include "src/base/out_of_memory.h"
#include "src/base/words.h"

namespace activation {
namespace {

// Payload keys are private to this file; readers use FieldOf, RetryDelayOf and RefusalOf.
constexpr char kFieldKey[] = "activation/field";
constexpr char kRetryDelayKey[] = "activation/retry-delay";
constexpr char kRefusalKey[] = "activation/refusal";

// A region is mapped, or given back, in some milliseconds, or a second where it has gigabytes.
constexpr absl::Duration kRetryForErrands = absl::Milliseconds(100);

// Memory that others hold is given back at the pace of their calls.
constexpr absl::Duration kRetryForMemory = absl::Milliseconds(100);

absl::Status AboutField(absl::StatusCode code, absl::string_view field, absl::string_view problem) {
  absl::Status status(code, absl::StrCat(field, ": ", problem));
  status.SetPayload(kFieldKey, absl::Cord(field));
  return status;
}

absl::Status UnknownName(absl::string_view field, absl::string_view kind, absl::string_view name,
                         const std::vector<std::string>& nearest) {
  return AboutField(absl::StatusCode::kNotFound, field,
                    absl::StrCat("no ", kind, " named '", Echo(name), "'", DidYouMean(nearest)));
}

absl::Status Refused(absl::Status status, absl::string_view refusal) {
  status.SetPayload(kRefusalKey, absl::Cord(refusal));
  return status;
}

// What `words` returns; the code alone, which takes no memory, where there is none for them.
template <class Words>
absl::Status OrCodeAlone(absl::StatusCode code, const Words& words) {
  return OrOutOfMemory(words, [code] { return absl::Status(code, ""); });
}

// For now: the same call may be taken a while later.
absl::Status RefusedForNow(absl::string_view refusal, absl::string_view problem,
                           absl::Duration retry_after) {
  absl::Status status = absl::ResourceExhaustedError(
      absl::StrCat(problem, "; try again in ", absl::FormatDuration(retry_after)));
  status.SetPayload(kRetryDelayKey, absl::Cord(absl::FormatDuration(retry_after)));
  return Refused(std::move(status), refusal);
}

// To the millisecond, for people.
std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration), " ms");
}

}  // namespace

absl::Status InvalidField(absl::string_view field, absl::string_view problem) {
  return AboutField(absl::StatusCode::kInvalidArgument, field, problem);
}

absl::Status UnknownFunction(absl::string_view field, absl::string_view name,
                             const std::vector<std::string>& nearest) {
  if (name.empty()) return InvalidField(field, "is required");
  return UnknownName(field, "function", name, nearest);
}

absl::Status UnknownModel(absl::string_view field, absl::string_view name,
                          const std::vector<std::string>& nearest) {
  return UnknownName(field, "model", name, nearest);
}

absl::Status UnknownVersion(absl::string_view field, absl::string_view version,
                            absl::string_view only) {
  return AboutField(
      absl::StatusCode::kNotFound, field,
      absl::StrCat("no version '", Echo(version), "'; there is only version '", only, "'"));
}

absl::Status UnsupportedField(absl::string_view field, absl::string_view problem) {
  return AboutField(absl::StatusCode::kUnimplemented, field, problem);
}

absl::Status TooManyBytesInFlight(size_t wanted, size_t in_flight, size_t limit,
                                  absl::Duration retry_after) {
  return RefusedForNow(
      "inflight_bytes",
      absl::StrCat("the call needs ", wanted, " bytes, ", in_flight,
                   " are in flight and the limit is ", limit, " (max_inflight_bytes)"),
      retry_after);
}

absl::Status TooManyJobsInFlight(size_t limit, absl::Duration retry_after) {
  return RefusedForNow(
      "jobs", absl::StrCat(limit, " calls are under way, which is the limit (max_inflight_jobs)"),
      retry_after);
}

absl::Status TooManyErrands(size_t limit) {
  return RefusedForNow(
      "regions", absl::StrCat(limit, " calls about shared memory wait already, which is the limit"),
      kRetryForErrands);
}

absl::Status TooMuchWorkQueued(absl::Duration queued, absl::Duration limit,
                               absl::Duration retry_after) {
  return RefusedForNow("work",
                       absl::StrCat("work for ", Milliseconds(queued),
                                    " is queued, and with this call it would be more than ",
                                    Milliseconds(limit), " (max_queue_milliseconds)"),
                       retry_after);
}

absl::Status DeadlineOutOfReach(absl::Duration needed, absl::Duration left,
                                absl::Duration retry_after) {
  return RefusedForNow(
      "deadline",
      absl::StrCat("behind what is queued the call would be done in ", Milliseconds(needed),
                   ", and its deadline is in ", Milliseconds(left)),
      retry_after);
}

absl::Status OutOfMemory() {
  return OrCodeAlone(absl::StatusCode::kResourceExhausted, [] {
    return RefusedForNow("memory", "the server has no memory for the call's tensors",
                         kRetryForMemory);
  });
}

absl::Status OutOfMemoryAtWork() {
  return OrCodeAlone(absl::StatusCode::kResourceExhausted, [] {
    return Refused(
        absl::ResourceExhaustedError("the server has no memory to compute the call with"),
        "memory");
  });
}

absl::Status AsPart(const absl::Status& status) {
  return absl::IsResourceExhausted(status) ? OutOfMemoryAtWork() : status;
}

absl::Status RequestLargerThanAdmission(size_t wanted, size_t limit) {
  return Refused(InvalidField("items", absl::StrCat("the call needs ", wanted,
                                                    " bytes in all, above the limit of ", limit,
                                                    " bytes in flight (max_inflight_bytes)")),
                 "too_large");
}

absl::Status MessageTooLarge(size_t size, int64_t limit) {
  return AboutField(absl::StatusCode::kResourceExhausted, "items",
                    absl::StrCat("the message has ", size, " bytes, above max_message_bytes, ",
                                 limit, "; send fewer or smaller tensors in a call"));
}

absl::Status DeadlinePassed() {
  return OrCodeAlone(absl::StatusCode::kDeadlineExceeded, [] {
    return absl::DeadlineExceededError("the deadline passed before the work was done");
  });
}

absl::Status CallCancelled() {
  return OrCodeAlone(absl::StatusCode::kCancelled,
                     [] { return absl::CancelledError("the call was cancelled"); });
}

absl::Status Draining() {
  return OrCodeAlone(absl::StatusCode::kUnavailable, [] {
    return Refused(absl::UnavailableError("the server is draining"), "draining");
  });
}

absl::Status SharedMemoryOff() {
  return absl::UnimplementedError(
      "this server has shared memory turned off; --shared-memory=on turns it on");
}

absl::Status NoCudaRegions() {
  return absl::UnimplementedError("this server takes no regions of CUDA memory: it has no device");
}

absl::Status UnknownRegion() {
  return AboutField(absl::StatusCode::kNotFound, "region",
                    "no such region; it was unregistered, or not used for as long as its lease");
}

absl::Status UnknownRegionName(absl::string_view field) {
  return AboutField(absl::StatusCode::kNotFound, field, "there is no region of this name");
}

absl::Status RegionNameTaken(absl::string_view field) {
  return AboutField(absl::StatusCode::kAlreadyExists, field,
                    absl::StrCat("a region of this name is registered; another connection gets it "
                                 "with the same object once it was not used for ",
                                 kRegionAbandonedSeconds, " seconds"));
}

absl::Status BrokenRegion() {
  return OrCodeAlone(absl::StatusCode::kFailedPrecondition, [] {
    return AboutField(absl::StatusCode::kFailedPrecondition, "region",
                      "its owner made the object smaller than it was at registration");
  });
}

absl::Status RegionWithoutPage() {
  return OrCodeAlone(absl::StatusCode::kFailedPrecondition, [] {
    return AboutField(absl::StatusCode::kFailedPrecondition, "region",
                      "a page of it could not be had when it was used: the system has no memory "
                      "for it (is /dev/shm full?), or its owner cut the object in the meantime. "
                      "Who allocates it before registering it (posix_fallocate) is told so");
  });
}

absl::Status EntangledRegions() {
  return InvalidField("region",
                      "it and another region of this call are in part the same memory of one "
                      "object; take both tensors from one region");
}

absl::Status TooMuchSharedMemory(uint64_t wanted, int64_t max_regions, int64_t max_bytes) {
  return AboutField(absl::StatusCode::kResourceExhausted, "bytes",
                    absl::StrCat(wanted, " more would pass a limit on all regions together: ",
                                 max_regions, " regions (max_shared_memory_regions), ", max_bytes,
                                 " bytes (max_shared_memory_bytes)"));
}

absl::Status CannotOpenSharedMemory(int error) {
  switch (error) {
    case ENOENT:
      return AboutField(absl::StatusCode::kNotFound, "key", "there is no such object");
    case EACCES:
    case EPERM:
      return AboutField(absl::StatusCode::kPermissionDenied, "key",
                        "the server's user may not read and write the object");
    case EWOULDBLOCK:
      return AboutField(absl::StatusCode::kFailedPrecondition, "key",
                        "a process has a lease on the object (fcntl, F_SETLEASE)");
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return AboutField(absl::StatusCode::kResourceExhausted, "key",
                        "the server can open no more objects");
    default:
      return InvalidField("key", "names no object of shared memory");
  }
}

absl::Status CannotMapSharedMemory() {
  return AboutField(absl::StatusCode::kResourceExhausted, "bytes",
                    "the system has no room to map so much");
}

absl::Status CannotMapDeviceMemory(absl::string_view why) {
  return AboutField(absl::StatusCode::kResourceExhausted, "raw_handle",
                    absl::StrCat("the CUDA device has no room to map its memory: ", why));
}

absl::Status DeviceFailed(absl::string_view why) {
  return OrCodeAlone(absl::StatusCode::kUnavailable, [why] {
    return absl::UnavailableError(absl::StrCat("the CUDA device failed: ", why));
  });
}

absl::Status FailedInPlace(absl::string_view why) {
  return OrCodeAlone(absl::StatusCode::kInternal, [why] {
    return absl::InternalError(
        absl::StrCat("tensors that their results replace may be either by now: ", why));
  });
}

absl::Status NoKernelForDeviceMemory() {
  return absl::UnimplementedError(
      "a tensor lies in a CUDA device's memory, and more than a shuttle has room for of the same "
      "row "
      "or sum lies in the host's: raise --staging-bytes");
}

absl::Status NoCudaDevice(absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("no CUDA device: ", why));
}

absl::Status InternalError(absl::string_view what) {
  return absl::InternalError(absl::StrCat("internal error: ", what));
}

std::string FieldOf(const absl::Status& status) {
  const auto field = status.GetPayload(kFieldKey);
  return field.has_value() ? std::string(*field) : std::string();
}

absl::Duration RetryDelayOf(const absl::Status& status) {
  const auto text = status.GetPayload(kRetryDelayKey);
  absl::Duration delay = absl::ZeroDuration();
  if (text.has_value()) absl::ParseDuration(std::string(*text), &delay);
  return delay;
}

std::string RefusalOf(const absl::Status& status) {
  const auto refusal = status.GetPayload(kRefusalKey);
  return refusal.has_value() ? std::string(*refusal) : std::string();
}

absl::Status Within(absl::string_view prefix, const absl::Status& status) {
  const std::string field = FieldOf(status);
  if (field.empty()) return status;
  absl::Status result(status.code(), absl::StrCat(prefix, status.message()));
  result.SetPayload(kFieldKey, absl::Cord(absl::StrCat(prefix, field)));
  return result;
}

absl::Status Renamed(const absl::Status& status, absl::string_view field) {
  absl::string_view problem = status.message();
  absl::ConsumePrefix(&problem, absl::StrCat(FieldOf(status), ": "));
  return AboutField(status.code(), field, problem);
}

}  // namespace activation
