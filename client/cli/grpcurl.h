// The grpcurl command that makes the same call, for a shell: what a user shows to others, or
// starts from in another language. Pure functions.
#ifndef ACTIVATION_CLIENT_CLI_GRPCURL_H_
#define ACTIVATION_CLIENT_CLI_GRPCURL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/evaluate.h"
#include "client/cli/options.h"

namespace activation::cli {

// One line, or with a request in JSON a here-document after it. grpcurl learns the messages by
// reflection, which the server must have on. Of the options address, TLS and token count; a token
// is read by the shell that runs the command, and is not in it.
std::string GrpcurlCommand(const GlobalOptions& global, absl::string_view method,
                           absl::string_view json = "");

// Of Forward or Gradient, with the tensors in the message. INVALID_ARGUMENT where no message
// holds them.
absl::StatusOr<std::string> GrpcurlCommand(const GlobalOptions& global, const ResultWanted& wanted);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_GRPCURL_H_
