// What gRPC does not see to about a unix socket: that it takes no other server's place, and
// who may connect to it.
#ifndef ACTIVATION_SERVER_UNIX_SOCKET_H_
#define ACTIVATION_SERVER_UNIX_SOCKET_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <string>

#include "absl/status/status.h"

namespace activation {

// OK where nothing is at `path`, or a socket that a server left behind, which is removed.
// UNAVAILABLE where a server answers there, whose place gRPC would take without a word;
// INVALID_ARGUMENT where the path is no socket. Thread-safe.
absl::Status MakeWayForSocket(const std::string& path);

// While it lives, files and sockets that this process makes get at most the permissions of
// `mode`, sockets exactly those: from the moment they exist, without a gap. Acts on the whole
// process, so one at a time.
class FileMode {
 public:
  explicit FileMode(mode_t mode) : before_(umask(~mode & (S_IRWXU | S_IRWXG | S_IRWXO))) {}
  ~FileMode() { umask(before_); }

  FileMode(const FileMode&) = delete;
  FileMode& operator=(const FileMode&) = delete;

 private:
  const mode_t before_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_UNIX_SOCKET_H_
