// What the log and the client are told of a call that failed. Thread-safe.
#ifndef ACTIVATION_SERVER_FAILED_CALL_H_
#define ACTIVATION_SERVER_FAILED_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/metrics.h"

namespace activation {

// At debug level, with the trace it belongs to; never with tensor values.
void LogFailedCall(Method method, const absl::Status& status,
                   const grpc::CallbackServerContext& context);
// The same of a method that is not ours, as the caller named it.
void LogFailedCall(absl::string_view path, const absl::Status& status,
                   const grpc::CallbackServerContext& context);

// What the client of a call of that name is told at its end, and gRPC's own retry policy with it;
// the log is told where it failed. Takes memory (wire::OrCodeAlone).
grpc::Status EndOf(absl::string_view name, const absl::Status& status,
                   grpc::CallbackServerContext* context);

}  // namespace activation

#endif  // ACTIVATION_SERVER_FAILED_CALL_H_
