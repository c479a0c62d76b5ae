// Messages for people, on stderr; stdout is for data. Each Fail function says
// what went wrong and returns the exit code for it.
#ifndef ACTIVATION_CLIENT_CLI_MESSAGE_H_
#define ACTIVATION_CLIENT_CLI_MESSAGE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "activation/options.h"

namespace activation::cli {

// "activation-client: <text>".
void Say(absl::string_view text);

// A command line that CLI11 could not judge by itself.
int FailUsage(absl::string_view text);

// A file or number that cannot be read, or a result that cannot be written.
int FailInput(const absl::Status& status);

// A call with those options that failed, or could not be made with them.
int FailService(const absl::Status& status, const client::ClientOptions& options);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_MESSAGE_H_
