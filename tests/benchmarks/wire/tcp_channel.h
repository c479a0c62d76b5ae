// One end of a TCP connection on which messages, each behind its length in four bytes,
// cross one at a time: here, there, here. Never blocks; made for edge-triggered epoll.
// Thread-compatible.
#ifndef ACTIVATION_TESTS_BENCHMARKS_WIRE_TCP_CHANNEL_H_
#define ACTIVATION_TESTS_BENCHMARKS_WIRE_TCP_CHANNEL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activation::wire_benchmark {

class TcpChannel {
 public:
  enum class Event {
    kNone,      // nothing more can be done until the socket says so
    kReceived,  // message() is what the peer sent
    kClosed,
  };

  // Takes over a connected socket.
  explicit TcpChannel(int socket);
  ~TcpChannel();

  TcpChannel(const TcpChannel&) = delete;
  TcpChannel& operator=(const TcpChannel&) = delete;

  int socket() const { return socket_; }

  // Begins to send; the bytes must stay until the next message has come.
  void Send(std::string_view message);
  // Sends what is left to be sent, then receives.
  Event Proceed();
  std::string_view message() const { return {buffer_.get(), size_}; }

 private:
  bool Write(bool* closed);
  bool Read(char* to, size_t most, bool* closed);

  const int socket_;
  std::string_view sending_;
  uint32_t size_ = 0;  // of the message that comes or goes
  size_t done_ = 0;    // bytes of length and message
  bool writes_ = false;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
};

// Sockets on "host:port" of this machine; -1 where that fails.
int Listen(const std::string& address, int* port);
int Connect(const std::string& address);

// Waits for many channels.
class Poller {
 public:
  Poller();
  ~Poller();

  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // `tag` comes back from Wait whenever the socket may be read or written.
  void Add(int socket, void* tag) const;
  // At most `milliseconds` long.
  std::vector<void*> Wait(int milliseconds) const;

 private:
  const int epoll_;
};

}  // namespace activation::wire_benchmark

#endif  // ACTIVATION_TESTS_BENCHMARKS_WIRE_TCP_CHANNEL_H_
