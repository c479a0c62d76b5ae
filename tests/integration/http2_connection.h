// A client that speaks HTTP/2 byte by byte: nothing is sent but what the test sends.
// Thread-compatible.
#ifndef ACTIVATION_TESTS_INTEGRATION_HTTP2_CONNECTION_H_
#define ACTIVATION_TESTS_INTEGRATION_HTTP2_CONNECTION_H_

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace activation {

class Http2Connection {
 public:
  struct Frame {
    int type;
    std::string payload;
  };

  enum Types { kData = 0, kHeaders = 1, kSettings = 4, kGoAway = 7 };
  enum Settings { kMaxConcurrentStreams = 3, kInitialWindowSize = 4, kMaxHeaderListSize = 6 };

  explicit Http2Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // What never comes ends the test.
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  }
  ~Http2Connection() { close(fd_); }

  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  bool connected() const { return connected_; }

  // The preface and settings of none.
  void Begin() { Send(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + Header(0, kSettings)); }
  // The same, but that not a byte of a reply's message may be sent.
  void BeginWithoutWindow() {
    Begin();
    Send(Header(6, kSettings) + std::string("\0\x4\0\0\0\0", 6));
  }

  // A call with one message, of less than a frame, and no end of the client's side where it is
  // `open`. Streams are odd and each larger than the one before.
  void Call(int stream, const std::string& method, const std::string& message, bool open = false) {
    std::string headers;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{":method", "POST"},
                                      {":scheme", "http"},
                                      {":path", method},
                                      {":authority", "test"},
                                      {"content-type", "application/grpc"},
                                      {"te", "trailers"}}) {
      // A literal that is not indexed.
      headers += std::string(1, '\0') + Short(name) + Short(value);
    }
    Send(Header(headers.size(), kHeaders, kEndHeaders, stream) + headers);
    Message(stream, message, open);
  }

  // A message more of a call that is open.
  void Message(int stream, const std::string& message, bool open = true) {
    const std::string prefixed = std::string(1, '\0') + Number(message.size(), 4) + message;
    Send(Header(prefixed.size(), kData, open ? 0 : kEndStream, stream) + prefixed);
  }

  void Send(const std::string& bytes) { send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  // Whether the server ended it, rather than the wait for it.
  bool Ends() {
    char byte;
    ssize_t n = 0;
    while ((n = recv(fd_, &byte, 1, 0)) > 0) {
    }
    return n == 0 || errno == ECONNRESET;
  }

  // The next frame of that type; nothing where the connection ends before.
  std::optional<Frame> Next(int type) {
    while (true) {
      const std::string header = Read(kHeaderBytes);
      if (header.size() < kHeaderBytes) return std::nullopt;
      const auto byte = [&header](size_t i) { return static_cast<unsigned char>(header[i]); };
      const size_t length =
          static_cast<size_t>(byte(0)) << 16 | static_cast<size_t>(byte(1)) << 8 | byte(2);
      Frame frame{byte(3), Read(length)};
      if (frame.type == type) return frame;
    }
  }

 private:
  static constexpr size_t kHeaderBytes = 9;

  static constexpr int kEndStream = 1;
  static constexpr int kEndHeaders = 4;

  // Most significant byte first.
  static std::string Number(size_t value, size_t bytes) {
    std::string text;
    for (size_t i = bytes; i-- > 0;) text += static_cast<char>(value >> (8 * i));
    return text;
  }
  // With its length before it, which is below 127.
  static std::string Short(const std::string& text) { return Number(text.size(), 1) + text; }

  static std::string Header(size_t length, int type, int flags = 0, int stream = 0) {
    return Number(length, 3) + static_cast<char>(type) + static_cast<char>(flags) +
           Number(static_cast<size_t>(stream), 4);
  }

  std::string Read(size_t size) {
    std::string bytes(size, '\0');
    for (size_t have = 0; have < size;) {
      const ssize_t n = recv(fd_, bytes.data() + have, size - have, 0);
      if (n <= 0) return bytes.substr(0, have);
      have += static_cast<size_t>(n);
    }
    return bytes;
  }

  const int fd_;
  bool connected_ = false;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_HTTP2_CONNECTION_H_
