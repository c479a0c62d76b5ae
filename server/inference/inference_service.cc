#include "server/inference/inference_service.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "server/fixed_call.h"
#include "server/inference/descriptions.h"
#include "server/inference/infer_call.h"
#include "server/inference/models.h"
#include "server/inference/stream_infer_call.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

// The connection of a caller: its address and port. Through a unix socket all have one name.
std::string OwnerOf(const grpc::CallbackServerContext& context) {
  std::string peer = context.peer();
  return absl::StartsWith(peer, "unix:") ? "" : peer;
}

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

// gRPC declares the request const but it belongs to this call alone.
grpc::ByteBuffer* Own(const grpc::ByteBuffer* request) {
  return const_cast<grpc::ByteBuffer*>(request);
}

// As Triton says it without a repository that can be changed.
absl::Status ModelsAreFixed() {
  return absl::UnimplementedError("models are always there and cannot be loaded or unloaded");
}

absl::Status Unsupported(const char* what) {
  return absl::UnimplementedError(std::string("this server has no ") + what);
}

}  // namespace

InferenceService::InferenceService(CallEnvironment environment)
    : environment_(environment), regions_(environment.regions) {}

ServerUnaryReactor* InferenceService::ModelInfer(CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  auto* call = new InferCall(Environment(), context, Own(request), response);
  call->Run();
  return call;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* InferenceService::ModelStreamInfer(
    CallbackServerContext* context) {
  auto* call = new StreamInferCall(Environment(), context);
  call->Start();
  return call;
}

ServerUnaryReactor* InferenceService::Answer(CallbackServerContext* context, Method method,
                                             const absl::Status& status) {
  return NewFixedCall(environment_, context, method, status);
}

ServerUnaryReactor* InferenceService::ServerLive(CallbackServerContext* context,
                                                 const ::inference::ServerLiveRequest*,
                                                 ::inference::ServerLiveResponse* response) {
  response->set_live(true);
  return Answer(context, Method::kServerLive, absl::OkStatus());
}

ServerUnaryReactor* InferenceService::ServerReady(CallbackServerContext* context,
                                                  const ::inference::ServerReadyRequest*,
                                                  ::inference::ServerReadyResponse* response) {
  response->set_ready(!environment_.closed && environment_.engine.IsReady());
  return Answer(context, Method::kServerReady, absl::OkStatus());
}

ServerUnaryReactor* InferenceService::ModelReady(CallbackServerContext* context,
                                                 const ::inference::ModelReadyRequest* request,
                                                 ::inference::ModelReadyResponse* response) {
  const bool known = FindModel(request->name(), request->version()).ok();
  response->set_ready(known && !environment_.closed && environment_.engine.IsReady());
  return Answer(context, Method::kModelReady, absl::OkStatus());
}

ServerUnaryReactor* InferenceService::ServerMetadata(
    CallbackServerContext* context, const ::inference::ServerMetadataRequest*,
    ::inference::ServerMetadataResponse* response) {
  *response = DescribeServer(regions_.enabled(), regions_.takes_cuda());
  return Answer(context, Method::kServerMetadata, absl::OkStatus());
}

ServerUnaryReactor* InferenceService::ModelMetadata(
    CallbackServerContext* context, const ::inference::ModelMetadataRequest* request,
    ::inference::ModelMetadataResponse* response) {
  const absl::StatusOr<Model> model = FindModel(request->name(), request->version());
  if (model.ok()) *response = DescribeModel(*model);
  return Answer(context, Method::kModelMetadata, model.status());
}

ServerUnaryReactor* InferenceService::ModelConfig(CallbackServerContext* context,
                                                  const ::inference::ModelConfigRequest* request,
                                                  ::inference::ModelConfigResponse* response) {
  const absl::StatusOr<Model> model = FindModel(request->name(), request->version());
  if (model.ok()) *response = Configuration(*model);
  return Answer(context, Method::kModelConfig, model.status());
}

ServerUnaryReactor* InferenceService::ModelStatistics(
    CallbackServerContext* context, const ::inference::ModelStatisticsRequest* request,
    ::inference::ModelStatisticsResponse* response) {
  return Answer(context, Method::kModelStatistics, Describe(*request, response));
}

ServerUnaryReactor* InferenceService::RepositoryIndex(
    CallbackServerContext* context, const ::inference::RepositoryIndexRequest*,
    ::inference::RepositoryIndexResponse* response) {
  *response = Index();
  return Answer(context, Method::kRepositoryIndex, absl::OkStatus());
}

ServerUnaryReactor* InferenceService::RepositoryModelLoad(
    CallbackServerContext* context, const ::inference::RepositoryModelLoadRequest*,
    ::inference::RepositoryModelLoadResponse*) {
  return Answer(context, Method::kRepositoryModelLoad, ModelsAreFixed());
}

ServerUnaryReactor* InferenceService::RepositoryModelUnload(
    CallbackServerContext* context, const ::inference::RepositoryModelUnloadRequest*,
    ::inference::RepositoryModelUnloadResponse*) {
  return Answer(context, Method::kRepositoryModelUnload, ModelsAreFixed());
}

ServerUnaryReactor* InferenceService::SystemSharedMemoryStatus(
    CallbackServerContext* context, const ::inference::SystemSharedMemoryStatusRequest* request,
    ::inference::SystemSharedMemoryStatusResponse* response) {
  return Answer(context, Method::kSystemSharedMemoryStatus,
                regions_.Describe(OwnerOf(*context), request->name(), response));
}

ServerUnaryReactor* InferenceService::SystemSharedMemoryRegister(
    CallbackServerContext* context, const ::inference::SystemSharedMemoryRegisterRequest* request,
    ::inference::SystemSharedMemoryRegisterResponse*) {
  return Answer(context, Method::kSystemSharedMemoryRegister,
                environment_.closed ? Draining() : regions_.Register(OwnerOf(*context), *request));
}

ServerUnaryReactor* InferenceService::SystemSharedMemoryUnregister(
    CallbackServerContext* context, const ::inference::SystemSharedMemoryUnregisterRequest* request,
    ::inference::SystemSharedMemoryUnregisterResponse*) {
  return Answer(context, Method::kSystemSharedMemoryUnregister,
                regions_.UnregisterSystem(OwnerOf(*context), request->name()));
}

ServerUnaryReactor* InferenceService::CudaSharedMemoryStatus(
    CallbackServerContext* context, const ::inference::CudaSharedMemoryStatusRequest* request,
    ::inference::CudaSharedMemoryStatusResponse* response) {
  return Answer(context, Method::kCudaSharedMemoryStatus,
                regions_.Describe(OwnerOf(*context), request->name(), response));
}

ServerUnaryReactor* InferenceService::CudaSharedMemoryRegister(
    CallbackServerContext* context, const ::inference::CudaSharedMemoryRegisterRequest* request,
    ::inference::CudaSharedMemoryRegisterResponse*) {
  return Answer(context, Method::kCudaSharedMemoryRegister,
                environment_.closed ? Draining() : regions_.Register(OwnerOf(*context), *request));
}

ServerUnaryReactor* InferenceService::CudaSharedMemoryUnregister(
    CallbackServerContext* context, const ::inference::CudaSharedMemoryUnregisterRequest* request,
    ::inference::CudaSharedMemoryUnregisterResponse*) {
  return Answer(context, Method::kCudaSharedMemoryUnregister,
                regions_.UnregisterCuda(OwnerOf(*context), request->name()));
}

ServerUnaryReactor* InferenceService::TraceSetting(CallbackServerContext* context,
                                                   const ::inference::TraceSettingRequest*,
                                                   ::inference::TraceSettingResponse*) {
  return Answer(context, Method::kTraceSetting, Unsupported("settings of tracing"));
}

ServerUnaryReactor* InferenceService::LogSettings(CallbackServerContext* context,
                                                  const ::inference::LogSettingsRequest*,
                                                  ::inference::LogSettingsResponse*) {
  return Answer(context, Method::kLogSettings, Unsupported("settings of logging by clients"));
}

// Of one model, or of all where no name is given.
absl::Status InferenceService::Describe(const ::inference::ModelStatisticsRequest& request,
                                        ::inference::ModelStatisticsResponse* response) const {
  if (request.name().empty()) {
    for (const Model& model : Models()) statistics_.Describe(model, response->add_model_stats());
    return absl::OkStatus();
  }
  const absl::StatusOr<Model> model = FindModel(request.name(), request.version());
  if (model.ok()) statistics_.Describe(*model, response->add_model_stats());
  return model.status();
}

}  // namespace activation::inference
