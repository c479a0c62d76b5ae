#include "tests/integration/faulty_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace activation {
namespace {

constexpr int kLookMs = 20;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void SendEachPieceAlone(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

bool SendAll(int socket, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

FaultyLink::FaultyLink(const std::string& target, Options options)
    : target_(target), options_(options) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  listen(listener_, 16);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  thread_ = std::thread([this] { Serve(); });
}

FaultyLink::~FaultyLink() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

void FaultyLink::Serve() {
  while (!stopping_) {
    pollfd ready{.fd = listener_, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, kLookMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Loopback(std::stoi(target_.substr(target_.rfind(':') + 1)));
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      SendEachPieceAlone(client);
      SendEachPieceAlone(server);
      Carry(client, server);
    }
    close(client);
    close(server);
  }
}

void FaultyLink::Carry(int client, int server) {
  std::vector<char> piece(options_.piece_bytes);
  size_t left = options_.break_after;
  while (!stopping_) {
    if (breaking_.exchange(false)) {
      holding_ = false;
      return;
    }
    pollfd ready[] = {{.fd = client, .events = POLLIN, .revents = 0},
                      {.fd = server, .events = POLLIN, .revents = 0}};
    if (poll(ready, holding_ ? 1 : 2, kLookMs) <= 0) continue;
    for (const bool from_client : {true, false}) {
      if (ready[from_client ? 0 : 1].revents == 0) continue;
      const size_t most = from_client ? std::min(piece.size(), left) : piece.size();
      const ssize_t got = recv(from_client ? client : server, piece.data(), most, 0);
      if (got <= 0) return;
      if (!SendAll(from_client ? server : client, piece.data(), static_cast<size_t>(got))) return;
      if (from_client) left -= static_cast<size_t>(got);
      if (left == 0) return;
    }
  }
}

}  // namespace activation
