#include "tests/cli/bench/relu_server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activation/v1/activation.grpc.pb.h"

namespace activation::cli {
namespace {

void Evaluate(const v1::Tensor& x, bool wrong_bit, v1::Tensor* y) {
  *y = x;
  auto* values = reinterpret_cast<float*>(y->mutable_data()->data());
  const size_t count = y->data().size() / sizeof(float);
  for (size_t i = 0; i < count; ++i) values[i] = std::max(values[i], 0.0f);
  if (wrong_bit) (*y->mutable_data())[(count - 1) * sizeof(float)] ^= 1;
}

}  // namespace

class ReluServer::Service : public v1::ActivationService::CallbackService {
 public:
  Service(Faults faults, std::atomic<uint64_t>* calls)
      : faults_(std::move(faults)), calls_(calls) {}

  grpc::ServerUnaryReactor* Forward(grpc::CallbackServerContext* context,
                                    const v1::ForwardRequest* request,
                                    v1::ForwardResponse* response) override {
    const uint64_t number = Begin();
    for (const auto& item : request->items()) {
      Evaluate(item.x(), Wrong(number), response->add_results()->mutable_y());
    }
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(Fails(number) ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "away")
                                  : grpc::Status::OK);
    return reactor;
  }

  // Sees nothing of the memory.
  grpc::ServerUnaryReactor* RegisterSharedMemory(
      grpc::CallbackServerContext* context, const v1::RegisterSharedMemoryRequest*,
      v1::RegisterSharedMemoryResponse* response) override {
    response->set_region("region");
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse>* Stream(
      grpc::CallbackServerContext*) override {
    return new Items(this);
  }

 private:
  class Items : public grpc::ServerBidiReactor<v1::StreamRequest, v1::StreamResponse> {
   public:
    explicit Items(Service* service) : service_(service) { StartRead(&request_); }

    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      const uint64_t number = service_->Begin();
      if (service_->Silent(number)) return StartRead(&request_);
      response_.Clear();
      response_.set_id(request_.id());
      if (service_->Fails(number)) {
        response_.mutable_error()->set_code(grpc::StatusCode::UNAVAILABLE);
        response_.mutable_error()->set_message("away");
      } else {
        Evaluate(request_.forward().x(), service_->Wrong(number),
                 response_.mutable_forward()->mutable_y());
      }
      StartWrite(&response_);
    }
    void OnWriteDone(bool ok) override {
      if (ok) return StartRead(&request_);
      Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    Service* const service_;
    v1::StreamRequest request_;
    v1::StreamResponse response_;
  };

  uint64_t Begin() {
    const uint64_t number = calls_->fetch_add(1);
    if (faults_.on_call) faults_.on_call(number);
    return number;
  }
  bool Wrong(uint64_t number) const { return faults_.wrong_bit && faults_.wrong_bit(number); }
  bool Silent(uint64_t number) const { return faults_.silence && faults_.silence(number); }
  bool Fails(uint64_t number) const { return faults_.failure && faults_.failure(number); }

  const Faults faults_;
  std::atomic<uint64_t>* const calls_;
};

ReluServer::ReluServer(Faults faults)
    : service_(std::make_unique<Service>(std::move(faults), &calls_)) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  endpoint_ = absl::StrCat("127.0.0.1:", port);
}

ReluServer::~ReluServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

}  // namespace activation::cli
