#include "server/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace activation {

void Notify(const std::string& socket, absl::string_view state) {
  sockaddr_un to{};
  if (socket.empty() || socket.size() >= sizeof(to.sun_path)) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, socket.data(), socket.size());
  const bool is_abstract = socket.front() == '@';
  if (is_abstract) to.sun_path[0] = '\0';
  // The zero at the end belongs to a path and would belong to an abstract name.
  const size_t length = offsetof(sockaddr_un, sun_path) + socket.size() + (is_abstract ? 0 : 1);
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to),
         static_cast<socklen_t>(length));
  close(fd);
}

}  // namespace activation
