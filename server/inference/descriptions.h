// What the protocol's small calls tell about server and models. Pure functions.
#ifndef ACTIVATION_SERVER_INFERENCE_DESCRIPTIONS_H_
#define ACTIVATION_SERVER_INFERENCE_DESCRIPTIONS_H_

#include "inference/grpc_service.pb.h"
#include "server/inference/models.h"

namespace activation::inference {

::inference::ServerMetadataResponse DescribeServer(bool shared_memory, bool cuda_memory);
::inference::ModelMetadataResponse DescribeModel(const Model& model);
::inference::ModelConfigResponse Configuration(const Model& model);
::inference::RepositoryIndexResponse Index();

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_DESCRIPTIONS_H_
