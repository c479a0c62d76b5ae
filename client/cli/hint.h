// What may help where no server could be reached, or where it does not know who calls. Pure.
#ifndef ACTIVATION_CLIENT_CLI_HINT_H_
#define ACTIVATION_CLIENT_CLI_HINT_H_

#include <string>

#include "absl/status/status.h"
#include "activation/options.h"

namespace activation::cli {

// A line about an UNAVAILABLE or UNAUTHENTICATED call with those options, by what gRPC says of the
// connection. Where that leaves the cause open, as of a connection that the server closed, it says
// "may".
std::string HintOf(const absl::Status& status, const client::ClientOptions& options);

// The message of a status with the flags of the command line in place of the library's options,
// as --tls-ca for tls.ca_file.
std::string InFlags(const absl::Status& status);

// Whether it says what is wrong with an option that the library connects with, and no server's
// answer is in it: a wrong flag.
bool IsOfFlags(const absl::Status& status);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_HINT_H_
