#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <optional>

#include "tests/benchmarks/wire/channel.h"
#include "tests/benchmarks/wire/worker.h"

namespace activation::wire_benchmark {
namespace {

struct Call {
  grpc::GenericStub* stub;
  size_t request = 0;
  Clock::time_point start;
  std::optional<grpc::ClientContext> context;
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

class UnaryWorker final : public Worker {
 public:
  explicit UnaryWorker(const WorkerOptions& options)
      : method_(options.method), calls_(static_cast<size_t>(options.in_flight)) {
    for (int i = 0; i < options.connections; ++i) {
      stubs_.push_back(std::make_unique<grpc::GenericStub>(Connect(options)));
    }
    for (size_t i = 0; i < calls_.size(); ++i) calls_[i].stub = stubs_[i % stubs_.size()].get();
  }

  void Run(Tally* tally) override {
    for (const Request& request : tally->requests()) requests_.push_back(Borrow(request.bytes));
    for (Call& call : calls_) Start(&call, tally);
    size_t left = calls_.size();
    void* tag = nullptr;
    bool ok = false;
    while (left > 0 && queue_.Next(&tag, &ok)) {
      auto* const call = static_cast<Call*>(tag);
      if (call->status.ok()) {
        tally->Replied(call->request, call->reply.Length(), call->start);
      } else {
        tally->watch().Fail(call->status);
      }
      call->reply.Clear();
      if (tally->watch().stopped()) {
        --left;
      } else {
        Start(call, tally);
      }
    }
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
  }

 private:
  void Start(Call* call, Tally* tally) {
    call->request = tally->Next();
    call->start = Clock::now();
    call->context.emplace();
    call->context->set_wait_for_ready(true);
    call->reader =
        call->stub->PrepareUnaryCall(&*call->context, method_, requests_[call->request], &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->reply, &call->status, call);
  }

  const std::string method_;
  std::vector<grpc::ByteBuffer> requests_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
  std::vector<Call> calls_;
};

}  // namespace

std::unique_ptr<Worker> NewUnaryWorker(const WorkerOptions& options) {
  return std::make_unique<UnaryWorker>(options);
}

}  // namespace activation::wire_benchmark
