// JSON for stdout and files. Pure.
#ifndef ACTIVATION_CLIENT_CLI_JSON_TEXT_H_
#define ACTIVATION_CLIENT_CLI_JSON_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>

namespace activation::cli {

// With a newline; on one line where `indent` is below 0. Bytes that are not UTF-8, as in the name
// of a file, are replaced: JSON has none, and the library would throw.
inline std::string JsonText(const nlohmann::ordered_json& json, int indent = -1) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_JSON_TEXT_H_
