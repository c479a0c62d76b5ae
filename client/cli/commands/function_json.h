// One function of the catalogue as JSON, for `list` and `describe`.
#ifndef ACTIVATION_CLIENT_CLI_COMMANDS_FUNCTION_JSON_H_
#define ACTIVATION_CLIENT_CLI_COMMANDS_FUNCTION_JSON_H_

#include "activation/types.h"
#include "nlohmann/json.hpp"

namespace activation::cli {

// "elementwise", "per_channel", "row_wise", "gated", or "unknown".
const char* NameOf(client::FunctionKind kind);

// Keys are the field names of the .proto.
nlohmann::ordered_json FunctionJson(const client::FunctionInfo& function);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_COMMANDS_FUNCTION_JSON_H_
