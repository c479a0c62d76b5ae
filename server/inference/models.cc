#include "server/inference/models.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "rpc/infer_names.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

constexpr size_t kDirections = 2;

std::vector<Model> AllModels() {
  std::vector<Model> models;
  for (FunctionId function = 0; function < Catalogue().size(); ++function) {
    models.push_back({function, Direction::kForward});
    models.push_back({function, Direction::kGradient});
  }
  return models;
}

absl::Status NoSuchModel(absl::string_view name) {
  absl::string_view function = name;
  const bool gradient = absl::ConsumeSuffix(&function, kGradientSuffix);
  std::vector<std::string> nearest = NearestNames(function);
  for (std::string& near : nearest) {
    if (gradient) near += kGradientSuffix;
  }
  return UnknownModel("model_name", name, nearest);
}

}  // namespace

const std::vector<Model>& Models() {
  static const auto* const models = new std::vector<Model>(AllModels());
  return *models;
}

size_t IndexOf(const Model& model) {
  return model.function * kDirections + (model.direction == Direction::kGradient ? 1 : 0);
}

std::string NameOf(const Model& model) {
  const char* const suffix = model.direction == Direction::kGradient ? kGradientSuffix : "";
  return absl::StrCat(Catalogue()[model.function].name, suffix);
}

absl::StatusOr<Model> FindModel(absl::string_view name, absl::string_view version) {
  absl::string_view function = name;
  Model model;
  if (absl::ConsumeSuffix(&function, kGradientSuffix)) model.direction = Direction::kGradient;
  const absl::StatusOr<FunctionId> found = FindFunction(function);
  if (!found.ok()) return NoSuchModel(name);
  model.function = *found;
  if (!version.empty() && version != kModelVersion) {
    return UnknownVersion("model_version", version, kModelVersion);
  }
  return model;
}

std::vector<ModelInput> InputsOf(const Model& model) {
  std::vector<ModelInput> inputs = {{"x", false}};
  if (model.direction == Direction::kGradient) inputs.push_back({"dy", true});
  if (Catalogue()[model.function].kind == Kind::kPerChannel) inputs.push_back({"weight", false});
  return inputs;
}

const char* OutputOf(const Model& model) {
  return model.direction == Direction::kGradient ? "dx" : "y";
}

}  // namespace activation::inference
