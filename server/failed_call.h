// What the log says about a call that failed. Thread-safe.
#ifndef ACTIVATION_SERVER_FAILED_CALL_H_
#define ACTIVATION_SERVER_FAILED_CALL_H_

#include <grpcpp/server_context.h>

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

}  // namespace activation

#endif  // ACTIVATION_SERVER_FAILED_CALL_H_
