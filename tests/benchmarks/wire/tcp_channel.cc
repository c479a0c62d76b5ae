#include "tests/benchmarks/wire/tcp_channel.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace activation::wire_benchmark {
namespace {

sockaddr_in ParseAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in parsed{};
  parsed.sin_family = AF_INET;
  parsed.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &parsed.sin_addr);
  return parsed;
}

}  // namespace

TcpChannel::TcpChannel(int socket) : socket_(socket) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(socket_, F_SETFL, O_NONBLOCK);
}

TcpChannel::~TcpChannel() { close(socket_); }

void TcpChannel::Send(std::string_view message) {
  sending_ = message;
  size_ = static_cast<uint32_t>(message.size());
  done_ = 0;
  writes_ = true;
}

TcpChannel::Event TcpChannel::Proceed() {
  bool closed = false;
  if (writes_) {
    if (!Write(&closed)) return closed ? Event::kClosed : Event::kNone;
    writes_ = false;
    done_ = 0;
  }
  while (done_ < sizeof size_) {
    if (!Read(reinterpret_cast<char*>(&size_) + done_, sizeof size_ - done_, &closed)) {
      return closed ? Event::kClosed : Event::kNone;
    }
  }
  if (capacity_ < size_) {
    buffer_.reset(new char[size_]);
    capacity_ = size_;
  }
  for (size_t got = 0; (got = done_ - sizeof size_) < size_;) {
    if (!Read(buffer_.get() + got, size_ - got, &closed)) {
      return closed ? Event::kClosed : Event::kNone;
    }
  }
  done_ = 0;
  return Event::kReceived;
}

// False where nothing came.
bool TcpChannel::Read(char* to, size_t most, bool* closed) {
  const ssize_t count = read(socket_, to, most);
  *closed = count == 0 || (count < 0 && errno != EAGAIN);
  if (count <= 0) return false;
  done_ += static_cast<size_t>(count);
  return true;
}

bool TcpChannel::Write(bool* closed) {
  while (done_ < sizeof size_ + size_) {
    const size_t of_size = done_ < sizeof size_ ? sizeof size_ - done_ : 0;
    const size_t of_message = done_ < sizeof size_ ? 0 : done_ - sizeof size_;
    const std::array<iovec, 2> parts = {
        iovec{reinterpret_cast<char*>(&size_) + (sizeof size_ - of_size), of_size},
        iovec{const_cast<char*>(sending_.data()) + of_message, size_ - of_message}};
    const ssize_t count = writev(socket_, parts.data(), parts.size());
    *closed = count < 0 && errno != EAGAIN;
    if (count < 0) return false;
    done_ += static_cast<size_t>(count);
  }
  return true;
}

int Listen(const std::string& address, int* port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where = ParseAddress(address);
  socklen_t size = sizeof where;
  auto* const any = reinterpret_cast<sockaddr*>(&where);
  if (bind(socket, any, size) != 0 || listen(socket, SOMAXCONN) != 0 ||
      getsockname(socket, any, &size) != 0) {
    close(socket);
    return -1;
  }
  *port = ntohs(where.sin_port);
  return socket;
}

int Connect(const std::string& address) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in where = ParseAddress(address);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    close(socket);
    return -1;
  }
  return socket;
}

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

Poller::~Poller() { close(epoll_); }

void Poller::Add(int socket, void* tag) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = tag;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

std::vector<void*> Poller::Wait(int milliseconds) const {
  std::array<epoll_event, 64> events{};
  const int count = epoll_wait(epoll_, events.data(), events.size(), milliseconds);
  std::vector<void*> tags;
  for (int i = 0; i < count; ++i) tags.push_back(events[static_cast<size_t>(i)].data.ptr);
  return tags;
}

}  // namespace activation::wire_benchmark
