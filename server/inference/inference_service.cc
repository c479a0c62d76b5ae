#include "server/inference/inference_service.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/fixed_call.h"
#include "server/inference/descriptions.h"
#include "server/inference/infer_call.h"
#include "server/inference/models.h"
#include "server/inference/stream_infer_call.h"
#include "server/slow_call.h"
#include "server/wire/message.h"
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

// As Triton says it without a repository that can be changed.
absl::Status ModelsAreFixed() {
  return absl::UnimplementedError("models are always there and cannot be loaded or unloaded");
}

absl::Status Unsupported(const char* what) {
  return absl::UnimplementedError(std::string("this server has no ") + what);
}

// An empty reply, or what went wrong.
template <class Response>
absl::StatusOr<Response> EmptyReply(const absl::Status& status) {
  if (!status.ok()) return status;
  return Response();
}

// The model that a request about models names, whose fields are called otherwise than an
// inference's.
template <class Request>
absl::StatusOr<Model> ModelOf(const Request& request) {
  absl::StatusOr<Model> model = FindModel(request.name(), request.version());
  if (model.ok()) return model;
  const std::string field = FieldOf(model.status());
  return Renamed(model.status(), absl::StripPrefix(field, "model_"));
}

// What the calls about the two kinds of memory are called.
struct SystemMemory {
  using StatusRequest = ::inference::SystemSharedMemoryStatusRequest;
  using StatusResponse = ::inference::SystemSharedMemoryStatusResponse;
  using RegisterRequest = ::inference::SystemSharedMemoryRegisterRequest;
  using RegisterResponse = ::inference::SystemSharedMemoryRegisterResponse;
  using UnregisterRequest = ::inference::SystemSharedMemoryUnregisterRequest;
  using UnregisterResponse = ::inference::SystemSharedMemoryUnregisterResponse;
  static constexpr Method kStatus = Method::kSystemSharedMemoryStatus;
  static constexpr Method kRegister = Method::kSystemSharedMemoryRegister;
  static constexpr Method kUnregister = Method::kSystemSharedMemoryUnregister;
  static constexpr auto kUnregisterIn = &NamedRegions::UnregisterSystem;
};

struct CudaMemory {
  using StatusRequest = ::inference::CudaSharedMemoryStatusRequest;
  using StatusResponse = ::inference::CudaSharedMemoryStatusResponse;
  using RegisterRequest = ::inference::CudaSharedMemoryRegisterRequest;
  using RegisterResponse = ::inference::CudaSharedMemoryRegisterResponse;
  using UnregisterRequest = ::inference::CudaSharedMemoryUnregisterRequest;
  using UnregisterResponse = ::inference::CudaSharedMemoryUnregisterResponse;
  static constexpr Method kStatus = Method::kCudaSharedMemoryStatus;
  static constexpr Method kRegister = Method::kCudaSharedMemoryRegister;
  static constexpr Method kUnregister = Method::kCudaSharedMemoryUnregister;
  static constexpr auto kUnregisterIn = &NamedRegions::UnregisterCuda;
};

}  // namespace

InferenceService::InferenceService(CallEnvironment environment)
    : environment_(environment), regions_(environment.regions) {}

ServerUnaryReactor* InferenceService::ModelInfer(CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  auto* call = new (context) InferCall(Environment(), context, wire::Own(request), response);
  call->Run();
  return call;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* InferenceService::ModelStreamInfer(
    CallbackServerContext* context) {
  auto* call = new (context) StreamInferCall(Environment(), context);
  call->Start();
  return call;
}

bool InferenceService::IsReady() const {
  return environment_.ready && environment_.engine.IsReady();
}

absl::StatusOr<::inference::ModelStatisticsResponse> InferenceService::Describe(
    const ::inference::ModelStatisticsRequest& request) const {
  ::inference::ModelStatisticsResponse response;
  if (request.name().empty()) {
    for (const Model& model : Models()) statistics_.Describe(model, response.add_model_stats());
    return response;
  }
  const absl::StatusOr<Model> model = ModelOf(request);
  if (!model.ok()) return model.status();
  statistics_.Describe(*model, response.add_model_stats());
  return response;
}

ServerUnaryReactor* InferenceService::ServerLive(CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  const auto answer = [](const auto&) {
    ::inference::ServerLiveResponse reply;
    reply.set_live(true);
    return reply;
  };
  return AnswerFixed<::inference::ServerLiveRequest>({environment_, context, request, response},
                                                     Method::kServerLive, answer);
}

ServerUnaryReactor* InferenceService::ServerReady(CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  const auto answer = [this](const auto&) {
    ::inference::ServerReadyResponse reply;
    reply.set_ready(IsReady());
    return reply;
  };
  return AnswerFixed<::inference::ServerReadyRequest>({environment_, context, request, response},
                                                      Method::kServerReady, answer);
}

ServerUnaryReactor* InferenceService::ModelReady(CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::ModelReadyRequest>(
      {environment_, context, request, response}, Method::kModelReady, [this](const auto& model) {
        ::inference::ModelReadyResponse reply;
        reply.set_ready(FindModel(model.name(), model.version()).ok() && IsReady());
        return reply;
      });
}

ServerUnaryReactor* InferenceService::ServerMetadata(CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::ServerMetadataRequest>(
      {environment_, context, request, response}, Method::kServerMetadata,
      [this](const auto&) { return DescribeServer(regions_.enabled(), regions_.takes_cuda()); });
}

ServerUnaryReactor* InferenceService::ModelMetadata(CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::ModelMetadataRequest>(
      {environment_, context, request, response}, Method::kModelMetadata,
      [](const auto& of) -> absl::StatusOr<::inference::ModelMetadataResponse> {
        const absl::StatusOr<Model> model = ModelOf(of);
        if (!model.ok()) return model.status();
        return DescribeModel(*model);
      });
}

ServerUnaryReactor* InferenceService::ModelConfig(CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::ModelConfigRequest>(
      {environment_, context, request, response}, Method::kModelConfig,
      [](const auto& of) -> absl::StatusOr<::inference::ModelConfigResponse> {
        const absl::StatusOr<Model> model = ModelOf(of);
        if (!model.ok()) return model.status();
        return Configuration(*model);
      });
}

ServerUnaryReactor* InferenceService::ModelStatistics(CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::ModelStatisticsRequest>(
      {environment_, context, request, response}, Method::kModelStatistics,
      [this](const auto& of) { return Describe(of); });
}

ServerUnaryReactor* InferenceService::RepositoryIndex(CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::RepositoryIndexRequest>(
      {environment_, context, request, response}, Method::kRepositoryIndex,
      [](const auto&) { return Index(); });
}

ServerUnaryReactor* InferenceService::RepositoryModelLoad(CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request,
                                                          grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::RepositoryModelLoadRequest>(
      {environment_, context, request, response}, Method::kRepositoryModelLoad, [](const auto&) {
        return EmptyReply<::inference::RepositoryModelLoadResponse>(ModelsAreFixed());
      });
}

ServerUnaryReactor* InferenceService::RepositoryModelUnload(CallbackServerContext* context,
                                                            const grpc::ByteBuffer* request,
                                                            grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::RepositoryModelUnloadRequest>(
      {environment_, context, request, response}, Method::kRepositoryModelUnload, [](const auto&) {
        return EmptyReply<::inference::RepositoryModelUnloadResponse>(ModelsAreFixed());
      });
}

template <class Memory>
ServerUnaryReactor* InferenceService::DescribeRegions(const FixedCall& call) {
  return AnswerFixed<typename Memory::StatusRequest>(
      call, Memory::kStatus,
      [&](const auto& of) -> absl::StatusOr<typename Memory::StatusResponse> {
        typename Memory::StatusResponse response;
        const absl::Status status = regions_.Describe(OwnerOf(*call.context), of.name(), &response);
        if (!status.ok()) return status;
        return response;
      });
}

template <class Memory>
ServerUnaryReactor* InferenceService::RegisterRegion(const FixedCall& call) {
  return AnswerLater<typename Memory::RegisterRequest>(
      call, Memory::kRegister, Purpose::kMaking, [this, call](const auto& of) {
        return EmptyReply<typename Memory::RegisterResponse>(
            regions_.Register(OwnerOf(*call.context), of));
      });
}

template <class Memory>
ServerUnaryReactor* InferenceService::UnregisterRegions(const FixedCall& call) {
  return AnswerLater<typename Memory::UnregisterRequest>(
      call, Memory::kUnregister, Purpose::kEnding, [this, call](const auto& of) {
        return EmptyReply<typename Memory::UnregisterResponse>(
            (regions_.*Memory::kUnregisterIn)(OwnerOf(*call.context), of.name()));
      });
}

ServerUnaryReactor* InferenceService::SystemSharedMemoryStatus(CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  return DescribeRegions<SystemMemory>({environment_, context, request, response});
}

ServerUnaryReactor* InferenceService::SystemSharedMemoryRegister(CallbackServerContext* context,
                                                                 const grpc::ByteBuffer* request,
                                                                 grpc::ByteBuffer* response) {
  return RegisterRegion<SystemMemory>({environment_, context, request, response});
}

ServerUnaryReactor* InferenceService::SystemSharedMemoryUnregister(CallbackServerContext* context,
                                                                   const grpc::ByteBuffer* request,
                                                                   grpc::ByteBuffer* response) {
  return UnregisterRegions<SystemMemory>({environment_, context, request, response});
}

ServerUnaryReactor* InferenceService::CudaSharedMemoryStatus(CallbackServerContext* context,
                                                             const grpc::ByteBuffer* request,
                                                             grpc::ByteBuffer* response) {
  return DescribeRegions<CudaMemory>({environment_, context, request, response});
}

ServerUnaryReactor* InferenceService::CudaSharedMemoryRegister(CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  return RegisterRegion<CudaMemory>({environment_, context, request, response});
}

ServerUnaryReactor* InferenceService::CudaSharedMemoryUnregister(CallbackServerContext* context,
                                                                 const grpc::ByteBuffer* request,
                                                                 grpc::ByteBuffer* response) {
  return UnregisterRegions<CudaMemory>({environment_, context, request, response});
}

ServerUnaryReactor* InferenceService::TraceSetting(CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::TraceSettingRequest>(
      {environment_, context, request, response}, Method::kTraceSetting, [](const auto&) {
        return EmptyReply<::inference::TraceSettingResponse>(Unsupported("settings of tracing"));
      });
}

ServerUnaryReactor* InferenceService::LogSettings(CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return AnswerFixed<::inference::LogSettingsRequest>(
      {environment_, context, request, response}, Method::kLogSettings, [](const auto&) {
        return EmptyReply<::inference::LogSettingsResponse>(
            Unsupported("settings of logging by clients"));
      });
}

}  // namespace activation::inference
