#include "tests/benchmarks/wire/tcp_channel.h"
#include "tests/benchmarks/wire/worker.h"

namespace activation::wire_benchmark {
namespace {

constexpr int kLookUpMs = 1000;

class TcpWorker final : public Worker {
 public:
  explicit TcpWorker(const WorkerOptions& options)
      : address_(options.address), calls_(static_cast<size_t>(options.in_flight)) {}

  void Run(Tally* tally) override {
    for (Call& call : calls_) {
      const int socket = Connect(address_);
      if (socket < 0) return tally->watch().Fail("cannot connect to " + address_);
      call.channel = std::make_unique<TcpChannel>(socket);
      Start(&call, tally);
      poller_.Add(socket, &call);
    }
    left_ = calls_.size();
    while (left_ > 0) {
      for (void* tag : poller_.Wait(kLookUpMs)) Proceed(static_cast<Call*>(tag), tally);
    }
  }

 private:
  struct Call {
    std::unique_ptr<TcpChannel> channel;
    size_t request = 0;
    Clock::time_point start;
    bool done = false;
  };

  static void Start(Call* call, Tally* tally) {
    call->request = tally->Next();
    call->start = Clock::now();
    call->channel->Send(tally->requests()[call->request].bytes);
  }

  void Proceed(Call* call, Tally* tally) {
    while (!call->done) {
      const TcpChannel::Event event = call->channel->Proceed();
      if (event == TcpChannel::Event::kNone) return;
      if (event == TcpChannel::Event::kReceived) {
        tally->Replied(call->request, call->channel->message().size(), call->start);
      } else {
        tally->watch().Fail("the server closed the connection");
      }
      if (tally->watch().stopped()) {
        call->done = true;
        --left_;
      } else {
        Start(call, tally);
      }
    }
  }

  const std::string address_;
  Poller poller_;
  std::vector<Call> calls_;
  size_t left_ = 0;
};

}  // namespace

std::unique_ptr<Worker> NewTcpWorker(const WorkerOptions& options) {
  return std::make_unique<TcpWorker>(options);
}

}  // namespace activation::wire_benchmark
