#include "client/cli/bench/echo_server.h"

#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "activation/v1/activation.grpc.pb.h"  // gRPC's handlers, wherever its release keeps them

namespace activation::cli {
namespace {

using grpc::ByteBuffer;

// As many calls on a connection as activation-server takes.
constexpr int kConcurrentStreams = 1000;
constexpr int kMaxMessageBytes = 257 << 20;

constexpr const char* kUnary[] = {"/activation.v1.ActivationService/Forward",
                                  "/activation.v1.ActivationService/Gradient",
                                  "/inference.GRPCInferenceService/ModelInfer"};
constexpr const char* kStreams[] = {"/activation.v1.ActivationService/Stream",
                                    "/inference.GRPCInferenceService/ModelStreamInfer"};

// Each message of a stream back before the next is read.
class StreamEcho final : public grpc::ServerBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  StreamEcho() { StartRead(&message_); }

  void OnReadDone(bool ok) override { ok ? StartWrite(&message_) : Finish(grpc::Status::OK); }
  void OnWriteDone(bool ok) override {
    if (ok) return StartRead(&message_);
    Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  ByteBuffer message_;
};

// What protoc's plugin generates as WithRawCallbackMethod, for methods of any service.
class Service final : public grpc::Service {
 public:
  Service() {
    int index = 0;
    for (const char* name : kUnary) {
      AddMethod(new grpc::internal::RpcServiceMethod(name, grpc::internal::RpcMethod::NORMAL_RPC,
                                                     nullptr));
      MarkMethodRawCallback(
          index++, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                       [](grpc::CallbackServerContext* context, const ByteBuffer* request,
                          ByteBuffer* response) {
                         // gRPC declares the request const, but it belongs to this call alone.
                         response->Swap(const_cast<ByteBuffer*>(request));
                         grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
                         reactor->Finish(grpc::Status::OK);
                         return reactor;
                       }));
    }
    for (const char* name : kStreams) {
      AddMethod(new grpc::internal::RpcServiceMethod(
          name, grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
      MarkMethodRawCallback(index++,
                            new grpc::internal::CallbackBidiHandler<ByteBuffer, ByteBuffer>(
                                [](grpc::CallbackServerContext*) { return new StreamEcho; }));
    }
  }
};

class RunningEcho final : public EchoServer {
 public:
  explicit RunningEcho(const std::string& address) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.SetMaxSendMessageSize(-1);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kConcurrentStreams);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    int port = 0;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    target_ = absl::StartsWith(address, "unix:")
                  ? address
                  : absl::StrCat(address.substr(0, address.rfind(':') + 1), port);
  }

  ~RunningEcho() override {
    if (started()) server_->Shutdown(std::chrono::system_clock::now());
  }

  bool started() const { return server_ != nullptr; }
  const std::string& target() const override { return target_; }

 private:
  Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Start(const std::string& address) {
  auto echo = std::make_unique<RunningEcho>(address);
  if (!echo->started()) {
    // gRPC does not say why.
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen on '", address,
                     "': another process may have that port, or this machine not that address"));
  }
  return echo;
}

}  // namespace activation::cli
