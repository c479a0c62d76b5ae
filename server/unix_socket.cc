#include "server/unix_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace activation {
namespace {

// 0 where a server takes connections at `path`, else why not (errno).
int TryToConnect(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof(to.sun_path)) return ENAMETOOLONG;
  std::memcpy(to.sun_path, path.data(), path.size());
  // A server that is alive and too busy must not hold the start.
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  const int result = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  const int error = result == 0 ? 0 : errno;
  close(fd);
  return error;
}

absl::Status Taken(const std::string& path, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot listen on unix:", path, ": ", why));
}

}  // namespace

absl::Status MakeWayForSocket(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) {
    // What else is wrong with the path binding will say.
    return absl::OkStatus();
  }
  if (!S_ISSOCK(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen on unix:", path, ": there is a file that is no socket"));
  }
  const int error = TryToConnect(path);
  // Nobody listens: its server was killed, or it would have removed it.
  if (error != ECONNREFUSED) {
    return Taken(path, error == 0 || error == EAGAIN
                           ? "another server answers there"
                           : absl::StrCat("there is a socket: ", std::strerror(error)));
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) {
    return Taken(path,
                 absl::StrCat("a socket left behind cannot be removed: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace activation
