// Numbers as JSON, which has none that is not finite: "NaN", "Infinity" and "-Infinity", as
// protobuf writes them. Pure.
#ifndef ACTIVATION_CLIENT_CLI_NUMBER_JSON_H_
#define ACTIVATION_CLIENT_CLI_NUMBER_JSON_H_

#include <cmath>

#include "nlohmann/json.hpp"

namespace activation::cli {

inline nlohmann::ordered_json NumberJson(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_NUMBER_JSON_H_
