// Every error the service can give, as a named constructor: the one place that
// words them. An error about a request carries the path of the field at fault
// (`items[3].x.shape`), which FieldOf() returns for the wire to put in its
// details.
#ifndef ACTIVATION_SRC_BASE_ERRORS_H_
#define ACTIVATION_SRC_BASE_ERRORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace activation {

// INVALID_ARGUMENT "<field>: <problem>".
absl::Status InvalidField(absl::string_view field, absl::string_view problem);

// NOT_FOUND "<field>: no function named 'x'; did you mean 'a', 'b'?"; of an empty name
// INVALID_ARGUMENT "<field>: is required".
absl::Status UnknownFunction(absl::string_view field, absl::string_view name,
                             const std::vector<std::string>& nearest);

// NOT_FOUND "<field>: no model named 'x'; did you mean 'a', 'b'?".
absl::Status UnknownModel(absl::string_view field, absl::string_view name,
                          const std::vector<std::string>& nearest);

// NOT_FOUND "<field>: no version 'x'; there is only version 'y'".
absl::Status UnknownVersion(absl::string_view field, absl::string_view version,
                            absl::string_view only);

// UNIMPLEMENTED "<field>: <problem>": a part of a request that this server knows and
// does not serve.
absl::Status UnsupportedField(absl::string_view field, absl::string_view problem);

// RESOURCE_EXHAUSTED: admitting `wanted` bytes would pass `limit` bytes in
// flight. RetryDelayOf() returns `retry_after`.
absl::Status TooManyBytesInFlight(size_t wanted, size_t in_flight, size_t limit,
                                  absl::Duration retry_after);

// RESOURCE_EXHAUSTED: `limit` jobs are under way.
absl::Status TooManyJobsInFlight(size_t limit, absl::Duration retry_after);

// RESOURCE_EXHAUSTED: `limit` calls about shared memory wait for others to be done.
absl::Status TooManyErrands(size_t limit);

// RESOURCE_EXHAUSTED: what is queued for the CPU takes `queued`, and one job more would
// make it longer than `limit`.
absl::Status TooMuchWorkQueued(absl::Duration queued, absl::Duration limit,
                               absl::Duration retry_after);

// RESOURCE_EXHAUSTED: a job would be done in `needed`, behind others, and its caller
// waits only for `left`. Another server may have less to do.
absl::Status DeadlineOutOfReach(absl::Duration needed, absl::Duration left,
                                absl::Duration retry_after);

// RESOURCE_EXHAUSTED with a delay: the system gave no memory for the request's tensors. This and
// what may be said at work is the code alone where there is no memory to say more.
absl::Status OutOfMemory();

// RESOURCE_EXHAUSTED without a delay: the same once the call's work had begun. What it has written
// may be a part of the results.
absl::Status OutOfMemoryAtWork();

// What a part of a call that ended with `status` is to the call, whose other parts may have begun:
// no memory for the part is OutOfMemoryAtWork().
absl::Status AsPart(const absl::Status& status);

// INVALID_ARGUMENT: one call alone needs more bytes than may ever be in
// flight; no retry can help.
absl::Status RequestLargerThanAdmission(size_t wanted, size_t limit);

// RESOURCE_EXHAUSTED about field `items`: one message is larger than the server
// takes. Not to be retried.
absl::Status MessageTooLarge(size_t size, int64_t limit);

// DEADLINE_EXCEEDED: the deadline passed before or while the work was done.
absl::Status DeadlinePassed();

// CANCELLED: the caller has gone or has called it off.
absl::Status CallCancelled();

// UNAVAILABLE: the server is draining.
absl::Status Draining();

// UNIMPLEMENTED: the server was started without shared memory.
absl::Status SharedMemoryOff();

// UNIMPLEMENTED: the server has no CUDA device whose memory could be shared.
absl::Status NoCudaRegions();

// NOT_FOUND about field `region`: never registered, unregistered, or its lease ended.
absl::Status UnknownRegion();

// The same about a name that a client chose.
absl::Status UnknownRegionName(absl::string_view field);

// ALREADY_EXISTS about `field`: another region has the name.
absl::Status RegionNameTaken(absl::string_view field);

// FAILED_PRECONDITION about field `region`: its owner made it smaller than it was.
absl::Status BrokenRegion();

// The same where it is as large as it was, and a page of it was gone when it was used.
absl::Status RegionWithoutPage();

// INVALID_ARGUMENT about field `region`: it is the same memory as another of the call in part.
absl::Status EntangledRegions();

// RESOURCE_EXHAUSTED about field `bytes`: with `wanted` bytes more the regions of all
// clients would pass a limit. Not to be retried: regions stay until they are ended.
absl::Status TooMuchSharedMemory(uint64_t wanted, int64_t max_regions, int64_t max_bytes);

// About field `key`: the object cannot be opened, for the system's reason `error`
// (errno): NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED or INVALID_ARGUMENT.
absl::Status CannotOpenSharedMemory(int error);

// RESOURCE_EXHAUSTED about field `bytes`: the system has no room for the mapping.
absl::Status CannotMapSharedMemory();

// RESOURCE_EXHAUSTED about field `raw_handle`: the CUDA device has no room to map that memory.
absl::Status CannotMapDeviceMemory(absl::string_view why);

// UNAVAILABLE: the CUDA device failed at a tensor that nothing else may compute.
absl::Status DeviceFailed(absl::string_view why);

// INTERNAL: the same where a tensor's own memory takes its result, so that a second try
// could start from the result of the first.
absl::Status FailedInPlace(absl::string_view why);

// UNIMPLEMENTED: a row of a tensor in a device's memory, or what a sum of it needs, is more
// than a shuttle has room for.
absl::Status NoKernelForDeviceMemory();

// UNAVAILABLE: the request or the server asks for CUDA, which is not to be had.
absl::Status NoCudaDevice(absl::string_view why);

// INTERNAL: an invariant of ours broke.
absl::Status InternalError(absl::string_view what);

// The field a status is about, or "" where it is about none.
std::string FieldOf(const absl::Status& status);

// How long to wait before another try; zero where the status does not say.
absl::Duration RetryDelayOf(const absl::Status& status);

// Which bound a call was refused by, before any work, as activation_rejected_total calls
// it ("inflight_bytes", "jobs", "regions", "work", "deadline", "memory", "too_large",
// "draining"); "" for other errors.
std::string RefusalOf(const absl::Status& status);

// The same status with `prefix` put before its field and its message, so that
// a check of an item needs not know which item it is.
absl::Status Within(absl::string_view prefix, const absl::Status& status);

// The same status about `field` instead, for a service that calls the field so.
absl::Status Renamed(const absl::Status& status, absl::string_view field);

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_ERRORS_H_
