// activation.v1.ActivationService on gRPC's callback API. Methods take raw
// bytes: a call is admitted before its bytes are copied, bytes that are no
// message get a clear status, and a reply is sent from where it was computed.
// Thread-safe.
#ifndef ACTIVATION_SERVER_ACTIVATION_SERVICE_H_
#define ACTIVATION_SERVER_ACTIVATION_SERVICE_H_

#include "activation/v1/activation.grpc.pb.h"
#include "server/evaluate_call.h"
#include "server/stream_call.h"

namespace activation {

namespace internal {
using Grpc = v1::ActivationService;
using RawSharedMemory = Grpc::WithRawCallbackMethod_RegisterSharedMemory<
    Grpc::WithRawCallbackMethod_UnregisterSharedMemory<
        Grpc::WithRawCallbackMethod_SharedMemoryStatus<Grpc::Service>>>;
using RawService = Grpc::WithRawCallbackMethod_Forward<Grpc::WithRawCallbackMethod_Gradient<
    Grpc::WithRawCallbackMethod_Stream<Grpc::WithRawCallbackMethod_ListFunctions<
        Grpc::WithRawCallbackMethod_GetServerInfo<RawSharedMemory>>>>>;
}  // namespace internal

class ActivationService final : public internal::RawService {
 public:
  // What the environment names must outlive it.
  explicit ActivationService(CallEnvironment environment);

  grpc::ServerUnaryReactor* Forward(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Gradient(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Stream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ListFunctions(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RegisterSharedMemory(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UnregisterSharedMemory(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SharedMemoryStatus(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;

 private:
  const CallEnvironment environment_;
  const grpc::ByteBuffer functions_;  // the reply, which never changes
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_ACTIVATION_SERVICE_H_
