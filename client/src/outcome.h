// The one place where a gRPC status becomes ours.
#ifndef ACTIVATION_CLIENT_SRC_OUTCOME_H_
#define ACTIVATION_CLIENT_SRC_OUTCOME_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/src/connection.h"

namespace activation::client {

// The error with a delay that RetryDelay() (types.h) finds.
absl::Status WithRetryDelay(absl::Status error, absl::Duration delay);

// Same code, same message.
absl::Status ToStatus(const grpc::Status& status);

// With what the server says about another try, which the status then has, too: the trailer
// `grpc-retry-pushback-ms`, else the google.rpc.RetryInfo detail.
Outcome ToOutcome(const grpc::Status& status, const grpc::ClientContext& context);

// A value of `grpc-retry-pushback-ms`; what is no number forbids a retry, like a
// negative one (gRPC proposal A6).
absl::Duration ParsePushback(const std::string& milliseconds);

// The delay in the RetryInfo among the details of a serialised google.rpc.Status.
std::optional<absl::Duration> ParseRetryInfo(const std::string& details);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_OUTCOME_H_
