// inference.GRPCInferenceService, the Open Inference Protocol, on gRPC's callback API.
// ModelInfer and ModelStreamInfer take raw bytes and go the way of the service's own
// calls; the others are small and take messages. Thread-safe.
#ifndef ACTIVATION_SERVER_INFERENCE_INFERENCE_SERVICE_H_
#define ACTIVATION_SERVER_INFERENCE_INFERENCE_SERVICE_H_

#include "inference/grpc_service.grpc.pb.h"
#include "server/inference/infer_task.h"
#include "server/inference/named_regions.h"
#include "server/inference/statistics.h"

namespace activation::inference {

namespace internal {
using Grpc = ::inference::GRPCInferenceService;
// The generated classes that make a method a callback, one upon the other.
template <template <class> class First, template <class> class... Rest>
struct Stack {
  using Service = First<typename Stack<Rest...>::Service>;
};
template <template <class> class Last>
struct Stack<Last> {
  using Service = Last<Grpc::Service>;
};
using CallbackService =
    Stack<Grpc::WithRawCallbackMethod_ModelInfer, Grpc::WithRawCallbackMethod_ModelStreamInfer,
          Grpc::WithCallbackMethod_ServerLive, Grpc::WithCallbackMethod_ServerReady,
          Grpc::WithCallbackMethod_ModelReady, Grpc::WithCallbackMethod_ServerMetadata,
          Grpc::WithCallbackMethod_ModelMetadata, Grpc::WithCallbackMethod_ModelConfig,
          Grpc::WithCallbackMethod_ModelStatistics, Grpc::WithCallbackMethod_RepositoryIndex,
          Grpc::WithCallbackMethod_RepositoryModelLoad,
          Grpc::WithCallbackMethod_RepositoryModelUnload,
          Grpc::WithCallbackMethod_SystemSharedMemoryStatus,
          Grpc::WithCallbackMethod_SystemSharedMemoryRegister,
          Grpc::WithCallbackMethod_SystemSharedMemoryUnregister,
          Grpc::WithCallbackMethod_CudaSharedMemoryStatus,
          Grpc::WithCallbackMethod_CudaSharedMemoryRegister,
          Grpc::WithCallbackMethod_CudaSharedMemoryUnregister,
          Grpc::WithCallbackMethod_TraceSetting, Grpc::WithCallbackMethod_LogSettings>::Service;
}  // namespace internal

class InferenceService final : public internal::CallbackService {
 public:
  // What the environment refers to must outlive it.
  explicit InferenceService(CallEnvironment environment);

  grpc::ServerUnaryReactor* ModelInfer(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ModelStreamInfer(
      grpc::CallbackServerContext* context) override;

  grpc::ServerUnaryReactor* ServerLive(grpc::CallbackServerContext* context,
                                       const ::inference::ServerLiveRequest* request,
                                       ::inference::ServerLiveResponse* response) override;
  grpc::ServerUnaryReactor* ServerReady(grpc::CallbackServerContext* context,
                                        const ::inference::ServerReadyRequest* request,
                                        ::inference::ServerReadyResponse* response) override;
  grpc::ServerUnaryReactor* ModelReady(grpc::CallbackServerContext* context,
                                       const ::inference::ModelReadyRequest* request,
                                       ::inference::ModelReadyResponse* response) override;
  grpc::ServerUnaryReactor* ServerMetadata(grpc::CallbackServerContext* context,
                                           const ::inference::ServerMetadataRequest* request,
                                           ::inference::ServerMetadataResponse* response) override;
  grpc::ServerUnaryReactor* ModelMetadata(grpc::CallbackServerContext* context,
                                          const ::inference::ModelMetadataRequest* request,
                                          ::inference::ModelMetadataResponse* response) override;
  grpc::ServerUnaryReactor* ModelConfig(grpc::CallbackServerContext* context,
                                        const ::inference::ModelConfigRequest* request,
                                        ::inference::ModelConfigResponse* response) override;
  grpc::ServerUnaryReactor* ModelStatistics(
      grpc::CallbackServerContext* context, const ::inference::ModelStatisticsRequest* request,
      ::inference::ModelStatisticsResponse* response) override;
  grpc::ServerUnaryReactor* RepositoryIndex(
      grpc::CallbackServerContext* context, const ::inference::RepositoryIndexRequest* request,
      ::inference::RepositoryIndexResponse* response) override;
  grpc::ServerUnaryReactor* RepositoryModelLoad(
      grpc::CallbackServerContext* context, const ::inference::RepositoryModelLoadRequest* request,
      ::inference::RepositoryModelLoadResponse* response) override;
  grpc::ServerUnaryReactor* RepositoryModelUnload(
      grpc::CallbackServerContext* context,
      const ::inference::RepositoryModelUnloadRequest* request,
      ::inference::RepositoryModelUnloadResponse* response) override;
  grpc::ServerUnaryReactor* SystemSharedMemoryStatus(
      grpc::CallbackServerContext* context,
      const ::inference::SystemSharedMemoryStatusRequest* request,
      ::inference::SystemSharedMemoryStatusResponse* response) override;
  grpc::ServerUnaryReactor* SystemSharedMemoryRegister(
      grpc::CallbackServerContext* context,
      const ::inference::SystemSharedMemoryRegisterRequest* request,
      ::inference::SystemSharedMemoryRegisterResponse* response) override;
  grpc::ServerUnaryReactor* SystemSharedMemoryUnregister(
      grpc::CallbackServerContext* context,
      const ::inference::SystemSharedMemoryUnregisterRequest* request,
      ::inference::SystemSharedMemoryUnregisterResponse* response) override;
  grpc::ServerUnaryReactor* CudaSharedMemoryStatus(
      grpc::CallbackServerContext* context,
      const ::inference::CudaSharedMemoryStatusRequest* request,
      ::inference::CudaSharedMemoryStatusResponse* response) override;
  grpc::ServerUnaryReactor* CudaSharedMemoryRegister(
      grpc::CallbackServerContext* context,
      const ::inference::CudaSharedMemoryRegisterRequest* request,
      ::inference::CudaSharedMemoryRegisterResponse* response) override;
  grpc::ServerUnaryReactor* CudaSharedMemoryUnregister(
      grpc::CallbackServerContext* context,
      const ::inference::CudaSharedMemoryUnregisterRequest* request,
      ::inference::CudaSharedMemoryUnregisterResponse* response) override;
  grpc::ServerUnaryReactor* TraceSetting(grpc::CallbackServerContext* context,
                                         const ::inference::TraceSettingRequest* request,
                                         ::inference::TraceSettingResponse* response) override;
  grpc::ServerUnaryReactor* LogSettings(grpc::CallbackServerContext* context,
                                        const ::inference::LogSettingsRequest* request,
                                        ::inference::LogSettingsResponse* response) override;

  const Statistics& statistics() const { return statistics_; }

 private:
  // A call that ends at once; its response is set.
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, Method method,
                                   const absl::Status& status);
  absl::Status Describe(const ::inference::ModelStatisticsRequest& request,
                        ::inference::ModelStatisticsResponse* response) const;
  InferEnvironment Environment() { return {environment_, statistics_, regions_}; }

  const CallEnvironment environment_;
  Statistics statistics_;
  NamedRegions regions_;
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_INFERENCE_SERVICE_H_
