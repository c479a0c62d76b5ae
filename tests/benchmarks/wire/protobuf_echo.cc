#include "activation/v1/activation.grpc.pb.h"
#include "tests/benchmarks/wire/echo.h"
#include "tests/benchmarks/wire/grpc_server.h"

namespace activation::wire_benchmark {
namespace {

class ProtobufService final : public v1::ActivationService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Forward(grpc::CallbackServerContext* context,
                                    const v1::ForwardRequest* request,
                                    v1::ForwardResponse* response) override {
    for (const v1::ForwardItem& item : request->items()) {
      *response->add_results()->mutable_y() = item.x();
    }
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class ProtobufEcho final : public Echo {
 public:
  explicit ProtobufEcho(const EchoOptions& options) : server_(options) {
    server_.builder().RegisterService(&service_);
    server_.Start();
  }

  std::string target() const override { return server_.target(); }

 private:
  ProtobufService service_;
  GrpcServer server_;
};

}  // namespace

std::unique_ptr<Echo> StartProtobufEcho(const EchoOptions& options) {
  return std::make_unique<ProtobufEcho>(options);
}

}  // namespace activation::wire_benchmark
