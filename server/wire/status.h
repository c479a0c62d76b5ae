// The one place where the service's statuses become gRPC's, with the details
// programs read. Thread-safe.
#ifndef ACTIVATION_SERVER_WIRE_STATUS_H_
#define ACTIVATION_SERVER_WIRE_STATUS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <new>

#include "absl/status/status.h"

namespace activation::wire {

// Same code and message. Where the status names a field, a
// google.rpc.BadRequest; where it says when to retry, a google.rpc.RetryInfo;
// both in `grpc-status-details-bin`.
grpc::Status ToGrpc(const absl::Status& status);

// What `tell` makes of the status for the client; where there is no memory for that, the code
// alone, which takes none.
template <class Tell>
grpc::Status OrCodeAlone(const absl::Status& status, const Tell& tell) {
  try {
    return tell();
  } catch (const std::bad_alloc&) {
    return {static_cast<grpc::StatusCode>(status.raw_code()), ""};
  }
}

// Adds `grpc-retry-pushback-ms` where the status says when to retry: gRPC's own
// retry policy then waits that long. To be called before the call is finished.
void AddPushback(const absl::Status& status, grpc::ServerContextBase* context);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_STATUS_H_
