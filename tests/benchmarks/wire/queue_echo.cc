#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <thread>

#include "tests/benchmarks/wire/echo.h"
#include "tests/benchmarks/wire/grpc_server.h"

namespace activation::wire_benchmark {
namespace {

// Calls that wait for a request, in each queue; a burst finds as many ready.
constexpr int kWaitingCalls = 64;

class QueueService final : public grpc::Service {
 public:
  explicit QueueService(std::vector<std::string> methods) : names_(std::move(methods)) {
    for (size_t i = 0; i < names_.size(); ++i) {
      AddMethod(new grpc::internal::RpcServiceMethod(
          names_[i].c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
      MarkMethodRaw(static_cast<int>(i));
    }
  }

  int methods() const { return static_cast<int>(names_.size()); }
  using grpc::Service::RequestAsyncUnary;

 private:
  const std::vector<std::string> names_;  // gRPC keeps pointers to them
};

struct Exchange {
  grpc::ServerContext context;
  grpc::ByteBuffer request;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> responder{&context};
};

// One call after the other: waits for a request, answers it, waits for the next.
class Call {
 public:
  Call(QueueService* service, int method, grpc::ServerCompletionQueue* queue)
      : service_(service), method_(method), queue_(queue) {
    Wait();
  }

  // The next step is due, unless the server shuts down.
  void Proceed() {
    if (answering_) return Wait();
    answering_ = true;
    exchange_->responder.Finish(exchange_->request, grpc::Status::OK, this);
  }

 private:
  void Wait() {
    answering_ = false;
    exchange_.emplace();
    service_->RequestAsyncUnary(method_, &exchange_->context, &exchange_->request,
                                &exchange_->responder, queue_, queue_, this);
  }

  QueueService* const service_;
  const int method_;
  grpc::ServerCompletionQueue* const queue_;
  std::optional<Exchange> exchange_;
  bool answering_ = false;
};

class QueueEcho final : public Echo {
 public:
  explicit QueueEcho(const EchoOptions& options) : service_(options.methods), server_(options) {
    server_.builder().RegisterService(&service_);
    for (int i = 0; i < options.queues; ++i) {
      queues_.push_back(server_.builder().AddCompletionQueue());
    }
    server_.Start();
    for (const auto& queue : queues_) {
      threads_.emplace_back([this, queue = queue.get()] { Serve(queue); });
    }
  }

  ~QueueEcho() override {
    server_.Shutdown();
    for (const auto& queue : queues_) queue->Shutdown();
    for (std::thread& thread : threads_) thread.join();
  }

  std::string target() const override { return server_.target(); }

 private:
  void Serve(grpc::ServerCompletionQueue* queue) {
    std::vector<std::unique_ptr<Call>> calls;
    for (int i = 0; i < kWaitingCalls * service_.methods(); ++i) {
      calls.push_back(std::make_unique<Call>(&service_, i % service_.methods(), queue));
    }
    void* tag = nullptr;
    bool ok = false;
    while (queue->Next(&tag, &ok)) {
      if (ok) static_cast<Call*>(tag)->Proceed();
    }
  }

  QueueService service_;
  GrpcServer server_;
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Echo> StartQueueEcho(const EchoOptions& options) {
  return std::make_unique<QueueEcho>(options);
}

}  // namespace activation::wire_benchmark
