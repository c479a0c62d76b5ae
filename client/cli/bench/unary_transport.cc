#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "client/cli/bench/transport.h"
#include "client/src/channel.h"

namespace activation::cli {
namespace {

// What gRPC works on besides the call's own bytes.
struct Attempt {
  WireCall* call;
  grpc::ClientContext context{};
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader{};
};

class UnaryTransport final : public Transport {
 public:
  explicit UnaryTransport(const client::ClientOptions& options) : deadline_(options.deadline) {
    for (int i = 0; i < std::max(1, options.connections); ++i) {
      stubs_.push_back(std::make_unique<grpc::GenericStub>(client::NewChannel(options)));
    }
  }

  void Send(WireCall* call) override {
    auto* const attempt = new Attempt{.call = call};
    attempt->context.set_deadline(std::chrono::system_clock::now() + deadline_);
    if (call->ask_times) attempt->context.AddMetadata(kTimingRequestKey, "1");
    grpc::GenericStub& stub = *stubs_[turn_++ % stubs_.size()];
    attempt->reader =
        stub.PrepareUnaryCall(&attempt->context, call->method, *call->request, &queue_);
    attempt->reader->StartCall();
    attempt->reader->Finish(&call->reply, &call->status, attempt);
  }

  WireCall* Next() override {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) return nullptr;
    const std::unique_ptr<Attempt> attempt(static_cast<Attempt*>(tag));
    if (attempt->call->ask_times) ReadTimes(*attempt);
    return attempt->call;
  }

  void Shutdown() override { queue_.Shutdown(); }
  void Cancel() override {}  // every call has its deadline

 private:
  static void ReadTimes(const Attempt& attempt) {
    const auto& trailers = attempt.context.GetServerTrailingMetadata();
    const auto found = trailers.find(kTimingReplyKey);
    attempt.call->server.reset();
    if (found == trailers.end()) return;
    attempt.call->server = ParseServerTimes({found->second.data(), found->second.size()});
  }

  const std::chrono::milliseconds deadline_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  size_t turn_ = 0;
  grpc::CompletionQueue queue_;
};

}  // namespace

std::unique_ptr<Transport> NewUnaryTransport(const client::ClientOptions& options) {
  return std::make_unique<UnaryTransport>(options);
}

}  // namespace activation::cli
