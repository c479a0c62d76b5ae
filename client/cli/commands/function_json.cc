#include "client/cli/commands/function_json.h"

namespace activation::cli {

nlohmann::ordered_json FunctionJson(const client::FunctionInfo& function) {
  nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
  for (const auto& parameter : function.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"default_value", parameter.default_value},
                          {"minimum", parameter.minimum},
                          {"maximum", parameter.maximum},
                          {"differentiable", parameter.differentiable},
                          {"description", parameter.description}});
  }
  return {{"name", function.name},
          {"formula", function.formula},
          {"description", function.description},
          {"parameters", parameters},
          {"range", function.range},
          {"monotone", function.monotone},
          {"smooth", function.smooth},
          {"reference", function.reference}};
}

}  // namespace activation::cli
