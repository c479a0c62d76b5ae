#include <grpcpp/completion_queue.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <vector>

#include "client/cli/bench/stream_connection.h"
#include "client/cli/bench/transport.h"
#include "client/src/channel.h"

namespace activation::cli {
namespace {

class StreamTransport final : public Transport {
 public:
  StreamTransport(const client::ClientOptions& options, const char* method) {
    for (int i = 0; i < std::max(1, options.connections); ++i) {
      streams_.push_back(
          std::make_unique<StreamConnection>(client::NewChannel(options), method, &queue_));
    }
  }

  void Send(WireCall* call) override { streams_[turn_++ % streams_.size()]->Send(call); }

  WireCall* Next() override {
    void* tag = nullptr;
    bool ok = false;
    while (ended_.empty() && queue_.Next(&tag, &ok)) {
      const auto* const step = static_cast<const StreamConnection::Tag*>(tag);
      step->connection->Proceed(step->step, ok, &ended_);
      if (finishing_) ShutdownWhenClosed();
    }
    if (ended_.empty()) return nullptr;
    WireCall* const call = ended_.front();
    ended_.pop_front();
    return call;
  }

  void Shutdown() override {
    for (const auto& stream : streams_) stream->Finish();
    finishing_ = true;
    ShutdownWhenClosed();
  }

  void Cancel() override {
    for (const auto& stream : streams_) stream->Cancel();
  }

 private:
  // A queue must outlive what it was given.
  void ShutdownWhenClosed() {
    for (const auto& stream : streams_) {
      if (stream->open()) return;
    }
    if (!shut_.exchange(true)) queue_.Shutdown();
  }

  std::vector<std::unique_ptr<StreamConnection>> streams_;
  size_t turn_ = 0;
  grpc::CompletionQueue queue_;
  std::deque<WireCall*> ended_;  // and not yet taken
  std::atomic<bool> finishing_{false};
  std::atomic<bool> shut_{false};
};

}  // namespace

std::unique_ptr<Transport> NewStreamTransport(const client::ClientOptions& options,
                                              const char* method) {
  return std::make_unique<StreamTransport>(options, method);
}

}  // namespace activation::cli
