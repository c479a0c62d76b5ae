#include "server/why_not_listen.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace activation {
namespace {

// What binding said.
std::string Reason(int error) {
  switch (error) {
    case EADDRINUSE:
      return "another program listens there";
    case EADDRNOTAVAIL:
      return "no network of this machine has this address";
    case EACCES:
      return "this user may not: ports below 1024 need CAP_NET_BIND_SERVICE";
    default:
      return std::strerror(error);
  }
}

// 0 where `to` can be listened at, else why not (errno).
int TryToListen(const addrinfo& to) {
  const int fd = socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const absl::Cleanup closing = [fd] { close(fd); };
  // As who listens in earnest: connections that a server before left behind are in nobody's way.
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return bind(fd, to.ai_addr, to.ai_addrlen) == 0 && listen(fd, 1) == 0 ? 0 : errno;
}

std::string WhyNotByName(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), absl::StrCat(address.port).c_str(), &hints, &found);
  if (error != 0) return absl::StrCat("no address has that name: ", gai_strerror(error));
  const absl::Cleanup freeing = [found] { freeaddrinfo(found); };
  int refused = 0;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const int why = TryToListen(*each);
    // Of several addresses of a name one may be of no network here; that is no reason.
    if (refused == 0 || why == EADDRINUSE) refused = why;
  }
  return refused == 0 ? "what was in the way is gone by now" : Reason(refused);
}

// Binding would make a file; so only its folder is looked at.
std::string WhyNotByPath(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return absl::StrCat(folder, ": ", std::strerror(errno));
  }
  return "the system gave no reason";
}

}  // namespace

std::string WhyNotListen(const Address& address) {
  return address.is_unix ? WhyNotByPath(address.host) : WhyNotByName(address);
}

}  // namespace activation
