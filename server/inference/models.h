// The catalogue as models: of each function one by its name, and one by its name and
// `_gradient`; each in the one version "1". Immutable.
#ifndef ACTIVATION_SERVER_INFERENCE_MODELS_H_
#define ACTIVATION_SERVER_INFERENCE_MODELS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation::inference {

inline constexpr char kModelVersion[] = "1";
// What configurations call the software that runs a model.
inline constexpr char kPlatform[] = "activation";

struct Model {
  FunctionId function = 0;
  Direction direction = Direction::kForward;
};

// All of them, in the catalogue's order; a model's place is its index.
const std::vector<Model>& Models();
size_t IndexOf(const Model& model);

std::string NameOf(const Model& model);

// The model of that name; version is "1" or empty. NOT_FOUND about `model_name`, with
// the nearest names, or about `model_version`.
absl::StatusOr<Model> FindModel(absl::string_view name, absl::string_view version);

// `x`, then `dy` of a gradient, then `weight` of a per-channel function.
struct ModelInput {
  const char* name;
  bool optional;
};
std::vector<ModelInput> InputsOf(const Model& model);

// `y` or `dx`.
const char* OutputOf(const Model& model);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_MODELS_H_
