// A function of the server's catalogue by name.
#ifndef ACTIVATION_CLIENT_CLI_COMMANDS_FIND_FUNCTION_H_
#define ACTIVATION_CLIENT_CLI_COMMANDS_FIND_FUNCTION_H_

#include <string>

#include "absl/status/statusor.h"
#include "activation/client.h"

namespace activation::cli {

// For an unknown name the server's own NOT_FOUND, which names the nearest.
absl::StatusOr<client::FunctionInfo> FindFunction(const client::Client& client,
                                                  const std::string& name);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_COMMANDS_FIND_FUNCTION_H_
