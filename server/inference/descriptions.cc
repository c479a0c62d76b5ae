#include "server/inference/descriptions.h"

#include <string>

#include "server/config.h"

namespace activation::inference {
namespace {

using ::inference::ModelMetadataResponse;

// What clients take where they have no other type; every one is accepted.
constexpr char kDatatype[] = "FP32";
constexpr ::inference::DataType kDataType = ::inference::TYPE_FP32;
// An extent that stands for any shape.
constexpr int64_t kAny = -1;

void Describe(const std::string& name, ModelMetadataResponse::TensorMetadata* tensor) {
  tensor->set_name(name);
  tensor->set_datatype(kDatatype);
  tensor->add_shape(kAny);
}

}  // namespace

::inference::ServerMetadataResponse DescribeServer(bool shared_memory, bool cuda_memory) {
  ::inference::ServerMetadataResponse response;
  response.set_name("activation");
  response.set_version(Version());
  response.add_extensions("model_configuration");
  response.add_extensions("statistics");
  // Not model_repository: RepositoryIndex answers, but models cannot be loaded or unloaded.
  if (shared_memory) response.add_extensions("system_shared_memory");
  if (cuda_memory) response.add_extensions("cuda_shared_memory");
  return response;
}

ModelMetadataResponse DescribeModel(const Model& model) {
  ModelMetadataResponse response;
  response.set_name(NameOf(model));
  response.add_versions(kModelVersion);
  response.set_platform(kPlatform);
  for (const ModelInput& input : InputsOf(model)) Describe(input.name, response.add_inputs());
  Describe(OutputOf(model), response.add_outputs());
  return response;
}

::inference::ModelConfigResponse Configuration(const Model& model) {
  ::inference::ModelConfigResponse response;
  ::inference::ModelConfig* const config = response.mutable_config();
  config->set_name(NameOf(model));
  config->set_platform(kPlatform);
  config->set_backend(kPlatform);
  for (const ModelInput& from : InputsOf(model)) {
    ::inference::ModelInput* const input = config->add_input();
    input->set_name(from.name);
    input->set_data_type(kDataType);
    input->add_dims(kAny);
    input->set_optional(from.optional);
  }
  ::inference::ModelOutput* const output = config->add_output();
  output->set_name(OutputOf(model));
  output->set_data_type(kDataType);
  output->add_dims(kAny);
  config->mutable_model_transaction_policy()->set_decoupled(false);
  return response;
}

::inference::RepositoryIndexResponse Index() {
  ::inference::RepositoryIndexResponse response;
  for (const Model& model : Models()) {
    ::inference::RepositoryIndexResponse::ModelIndex* const entry = response.add_models();
    entry->set_name(NameOf(model));
    entry->set_version(kModelVersion);
    entry->set_state("READY");
  }
  return response;
}

}  // namespace activation::inference
