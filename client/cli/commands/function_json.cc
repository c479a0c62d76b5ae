#include "client/cli/commands/function_json.h"

namespace activation::cli {

const char* NameOf(client::FunctionKind kind) {
  switch (kind) {
    case client::FunctionKind::kElementwise:
      return "elementwise";
    case client::FunctionKind::kPerChannel:
      return "per_channel";
    case client::FunctionKind::kRowWise:
      return "row_wise";
    case client::FunctionKind::kGated:
      return "gated";
    case client::FunctionKind::kUnknown:
      break;
  }
  return "unknown";
}

nlohmann::ordered_json FunctionJson(const client::FunctionInfo& function) {
  nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
  for (const auto& parameter : function.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"default_value", parameter.default_value},
                          {"minimum", parameter.minimum},
                          {"maximum", parameter.maximum},
                          {"differentiable", parameter.differentiable},
                          {"integral", parameter.integral},
                          {"description", parameter.description}});
  }
  return {{"name", function.name},
          {"kind", NameOf(function.kind)},
          {"formula", function.formula},
          {"description", function.description},
          {"parameters", parameters},
          {"range", function.range},
          {"monotone", function.monotone},
          {"smooth", function.smooth},
          {"reference", function.reference},
          {"used_in", function.used_in},
          {"strengths", function.strengths},
          {"weaknesses", function.weaknesses},
          {"saturation", function.saturation}};
}

}  // namespace activation::cli
