#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "activation/v1/activation.grpc.pb.h"  // gRPC's handlers, wherever its release keeps them
#include "tests/benchmarks/wire/echo.h"
#include "tests/benchmarks/wire/grpc_server.h"

namespace activation::wire_benchmark {
namespace {

// Of a call that keeps something of its own until it is done, as our server's do.
class Reactor final : public grpc::ServerUnaryReactor {
 public:
  void OnDone() override { delete this; }
};

// What protoc's plugin generates as WithRawCallbackMethod, for methods of any service.
class RawService final : public grpc::Service {
 public:
  explicit RawService(const EchoOptions& options)
      : own_reactor_(options.own_reactor), names_(options.methods) {
    for (size_t i = 0; i < names_.size(); ++i) {
      AddMethod(new grpc::internal::RpcServiceMethod(
          names_[i].c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
      MarkMethodRawCallback(
          static_cast<int>(i),
          new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
              [this](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                     grpc::ByteBuffer* response) {
                // gRPC declares the request const, but it belongs to this call alone.
                response->Swap(const_cast<grpc::ByteBuffer*>(request));
                grpc::ServerUnaryReactor* const reactor =
                    own_reactor_ ? new Reactor : context->DefaultReactor();
                reactor->Finish(grpc::Status::OK);
                return reactor;
              }));
    }
  }

 private:
  const bool own_reactor_;
  const std::vector<std::string> names_;  // gRPC keeps pointers to them
};

class CallbackEcho final : public Echo {
 public:
  explicit CallbackEcho(const EchoOptions& options) : service_(options), server_(options) {
    server_.builder().RegisterService(&service_);
    server_.Start();
  }

  std::string target() const override { return server_.target(); }

 private:
  RawService service_;
  GrpcServer server_;
};

}  // namespace

std::unique_ptr<Echo> StartCallbackEcho(const EchoOptions& options) {
  return std::make_unique<CallbackEcho>(options);
}

}  // namespace activation::wire_benchmark
