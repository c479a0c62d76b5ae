#include "tests/client/test_server.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace activation::client {
namespace {

void Identity(const v1::ForwardRequest& request, v1::ForwardResponse* response) {
  for (const auto& item : request.items()) *response->add_results()->mutable_y() = item.x();
}

// Ends when the call does, and in no other way.
class HeldCall : public grpc::ServerUnaryReactor {
 public:
  explicit HeldCall(absl::Notification* cancelled) : cancelled_(cancelled) {}

  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    cancelled_->Notify();
    delete this;
  }

 private:
  absl::Notification* const cancelled_;
};

}  // namespace

class TestServer::Service : public v1::ActivationService::CallbackService {
 public:
  explicit Service(absl::Notification* cancelled) : cancelled_(cancelled) {}

  grpc::ServerUnaryReactor* Forward(grpc::CallbackServerContext* context,
                                    const v1::ForwardRequest* request,
                                    v1::ForwardResponse* response) override {
    std::lock_guard lock(mutex);
    ++calls;
    peers.insert(context->peer());
    if (hold) return new HeldCall(cancelled_);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (!faults.empty()) {
      const Fault fault = std::move(faults.front());
      faults.pop_front();
      if (!fault.pushback_ms.empty()) {
        context->AddTrailingMetadata("grpc-retry-pushback-ms", fault.pushback_ms);
      }
      reactor->Finish(fault.status);
      return reactor;
    }
    Identity(*request, response);
    if (change) change(*response);
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::mutex mutex;
  std::deque<Fault> faults;
  std::function<void(v1::ForwardResponse&)> change;
  bool hold = false;
  int calls = 0;
  std::set<std::string> peers;

 private:
  absl::Notification* const cancelled_;
};

TestServer::TestServer() : service_(std::make_unique<Service>(&cancelled_)) {
  grpc::EnableDefaultHealthCheckService(true);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service_.get());
  builder.SetMaxReceiveMessageSize(-1);
  server_ = builder.BuildAndStart();
  endpoint_ = absl::StrCat("127.0.0.1:", port);
}

TestServer::~TestServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

void TestServer::FailNext(int times, const Fault& fault) {
  std::lock_guard lock(service_->mutex);
  service_->faults.insert(service_->faults.end(), times, fault);
}

void TestServer::ChangeReplies(std::function<void(v1::ForwardResponse&)> change) {
  std::lock_guard lock(service_->mutex);
  service_->change = std::move(change);
}

void TestServer::HoldCalls() {
  std::lock_guard lock(service_->mutex);
  service_->hold = true;
}

int TestServer::calls() const {
  std::lock_guard lock(service_->mutex);
  return service_->calls;
}

size_t TestServer::peers() const {
  std::lock_guard lock(service_->mutex);
  return service_->peers.size();
}

void TestServer::SetServing(const std::string& service, bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(service, serving);
}

}  // namespace activation::client
