// inference.GRPCInferenceService, the Open Inference Protocol, on gRPC's callback API.
// Methods take raw bytes: ModelInfer and ModelStreamInfer go the way of the service's own
// calls, the others are answered at once (server/fixed_call.h), but for regions that come and go
// (server/slow_call.h). Thread-safe.
#ifndef ACTIVATION_SERVER_INFERENCE_INFERENCE_SERVICE_H_
#define ACTIVATION_SERVER_INFERENCE_INFERENCE_SERVICE_H_

#include "absl/status/statusor.h"
#include "inference/grpc_service.grpc.pb.h"
#include "server/fixed_call.h"
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
using RawService =
    Stack<Grpc::WithRawCallbackMethod_ModelInfer, Grpc::WithRawCallbackMethod_ModelStreamInfer,
          Grpc::WithRawCallbackMethod_ServerLive, Grpc::WithRawCallbackMethod_ServerReady,
          Grpc::WithRawCallbackMethod_ModelReady, Grpc::WithRawCallbackMethod_ServerMetadata,
          Grpc::WithRawCallbackMethod_ModelMetadata, Grpc::WithRawCallbackMethod_ModelConfig,
          Grpc::WithRawCallbackMethod_ModelStatistics, Grpc::WithRawCallbackMethod_RepositoryIndex,
          Grpc::WithRawCallbackMethod_RepositoryModelLoad,
          Grpc::WithRawCallbackMethod_RepositoryModelUnload,
          Grpc::WithRawCallbackMethod_SystemSharedMemoryStatus,
          Grpc::WithRawCallbackMethod_SystemSharedMemoryRegister,
          Grpc::WithRawCallbackMethod_SystemSharedMemoryUnregister,
          Grpc::WithRawCallbackMethod_CudaSharedMemoryStatus,
          Grpc::WithRawCallbackMethod_CudaSharedMemoryRegister,
          Grpc::WithRawCallbackMethod_CudaSharedMemoryUnregister,
          Grpc::WithRawCallbackMethod_TraceSetting,
          Grpc::WithRawCallbackMethod_LogSettings>::Service;
}  // namespace internal

class InferenceService final : public internal::RawService {
 public:
  // What the environment refers to must outlive it.
  explicit InferenceService(CallEnvironment environment);

  grpc::ServerUnaryReactor* ModelInfer(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ModelStreamInfer(
      grpc::CallbackServerContext* context) override;

  grpc::ServerUnaryReactor* ServerLive(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ServerReady(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ModelReady(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ServerMetadata(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ModelMetadata(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ModelConfig(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ModelStatistics(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RepositoryIndex(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RepositoryModelLoad(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RepositoryModelUnload(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SystemSharedMemoryStatus(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SystemSharedMemoryRegister(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SystemSharedMemoryUnregister(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CudaSharedMemoryStatus(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CudaSharedMemoryRegister(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CudaSharedMemoryUnregister(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* TraceSetting(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* LogSettings(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

  const Statistics& statistics() const { return statistics_; }

 private:
  // Whether calls are to be sent here.
  bool IsReady() const;
  // Of one model, or of all where no name is given.
  absl::StatusOr<::inference::ModelStatisticsResponse> Describe(
      const ::inference::ModelStatisticsRequest& request) const;
  // The three calls about regions, of either kind of memory.
  template <class Memory>
  grpc::ServerUnaryReactor* DescribeRegions(const FixedCall& call);
  template <class Memory>
  grpc::ServerUnaryReactor* RegisterRegion(const FixedCall& call);
  template <class Memory>
  grpc::ServerUnaryReactor* UnregisterRegions(const FixedCall& call);

  InferEnvironment Environment() { return {environment_, statistics_, regions_}; }

  const CallEnvironment environment_;
  Statistics statistics_;
  NamedRegions regions_;
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_INFERENCE_SERVICE_H_
