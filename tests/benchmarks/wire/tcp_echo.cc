#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "tests/benchmarks/wire/echo.h"
#include "tests/benchmarks/wire/tcp_channel.h"

namespace activation::wire_benchmark {
namespace {

constexpr int kLookUpMs = 100;  // how often a thread without work sees whether it is to end

// One thread with the connections that were given to it.
class Lane {
 public:
  Lane() : thread_([this] { Serve(); }) {}

  ~Lane() {
    stopped_ = true;
    thread_.join();
  }

  void Take(int socket) {
    auto channel = std::make_unique<TcpChannel>(socket);
    TcpChannel* const tag = channel.get();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      channels_.emplace(tag, std::move(channel));
    }
    poller_.Add(socket, tag);
  }

 private:
  void Serve() {
    while (!stopped_) {
      for (void* tag : poller_.Wait(kLookUpMs)) Answer(static_cast<TcpChannel*>(tag));
    }
  }

  void Answer(TcpChannel* channel) {
    for (;;) {
      switch (channel->Proceed()) {
        case TcpChannel::Event::kReceived:
          channel->Send(channel->message());
          continue;
        case TcpChannel::Event::kNone:
          return;
        case TcpChannel::Event::kClosed:
          const std::lock_guard<std::mutex> lock(mutex_);
          channels_.erase(channel);
          return;
      }
    }
  }

  std::atomic<bool> stopped_{false};
  Poller poller_;
  std::mutex mutex_;
  std::map<TcpChannel*, std::unique_ptr<TcpChannel>> channels_;  // guarded by mutex_
  std::thread thread_;
};

class TcpEcho final : public Echo {
 public:
  explicit TcpEcho(const EchoOptions& options) : lanes_(static_cast<size_t>(options.queues)) {
    int port = 0;
    listener_ = Listen(options.address, &port);
    if (listener_ < 0) return;
    target_ = options.address.substr(0, options.address.rfind(':') + 1) + std::to_string(port);
    acceptor_ = std::thread([this] { Accept(); });
  }

  ~TcpEcho() override {
    if (listener_ < 0) return;
    shutdown(listener_, SHUT_RDWR);  // accept() returns
    acceptor_.join();
    close(listener_);
  }

  std::string target() const override { return target_; }

 private:
  void Accept() {
    for (size_t next = 0;; next = (next + 1) % lanes_.size()) {
      const int socket = accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      lanes_[next].Take(socket);
    }
  }

  std::vector<Lane> lanes_;
  int listener_ = -1;
  std::string target_;
  std::thread acceptor_;
};

}  // namespace

std::unique_ptr<Echo> StartTcpEcho(const EchoOptions& options) {
  return std::make_unique<TcpEcho>(options);
}

}  // namespace activation::wire_benchmark
