// Files of settings, keys and tokens: small, read whole. Thread-safe.
#ifndef ACTIVATION_RPC_SMALL_FILE_H_
#define ACTIVATION_RPC_SMALL_FILE_H_

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace activation {

struct SmallFile {
  std::string text;
  // Whether any user of the machine may read it: a secret should not be.
  bool readable_by_all = false;
};

// Who may write to a file that is read.
enum class Writers { kAny, kNotAll };

inline constexpr size_t kMostOfSmallFile = size_t{1} << 20;

// Whether there is more to read, or an end, before `patience` is over.
inline bool AwaitBytes(int fd, absl::Duration patience) {
  pollfd end{.fd = fd, .events = POLLIN, .revents = 0};
  const bool for_ever = patience == absl::InfiniteDuration();
  const int milliseconds = for_ever ? -1 : static_cast<int>(absl::ToInt64Milliseconds(patience));
  const int ready = poll(&end, 1, milliseconds);
  return ready > 0 || (ready < 0 && errno == EINTR);
}

// What a file holds, up to 1 MiB. For a pipe that somebody holds open it waits, `patience` at most
// for each part that comes.
//
// INVALID_ARGUMENT, to be read behind the file's name, as "is larger than 1 MiB": where it cannot
// be read or is larger, where every user of the machine may write to it and should not, and of a
// pipe that nobody has written to.
inline absl::StatusOr<SmallFile> ReadSmallFile(const std::string& path, Writers writers,
                                               absl::Duration patience) {
  const auto cannot_be_read = [](int error) {
    return absl::InvalidArgumentError(absl::StrCat("cannot be read: ", std::strerror(error)));
  };
  // To open a pipe that nobody writes to would else take for ever.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return cannot_be_read(errno);
  const absl::Cleanup closing = [fd] { close(fd); };
  // Of the descriptor: what stands at the path may be another file by now.
  struct stat info {};
  if (fstat(fd, &info) != 0) return cannot_be_read(errno);
  // Who may write to a device says nothing of what comes from it.
  const bool has_writers = S_ISREG(info.st_mode) || S_ISFIFO(info.st_mode);
  if (writers == Writers::kNotAll && has_writers && (info.st_mode & S_IWOTH) != 0) {
    return absl::InvalidArgumentError(
        "may be written by every user of this machine, who could put in what they like; take "
        "that away (chmod o-w)");
  }
  SmallFile file{.text = "", .readable_by_all = (info.st_mode & S_IROTH) != 0};
  char buffer[4096];
  for (ssize_t n = 0; (n = read(fd, buffer, sizeof(buffer))) != 0;) {
    if (n < 0) {
      if (errno == EINTR || (errno == EAGAIN && AwaitBytes(fd, patience))) continue;
      return cannot_be_read(errno);
    }
    file.text.append(buffer, static_cast<size_t>(n));
    if (file.text.size() > kMostOfSmallFile) {
      return absl::InvalidArgumentError("is larger than 1 MiB");
    }
  }
  if (S_ISFIFO(info.st_mode) && file.text.empty()) {
    return absl::InvalidArgumentError("is a pipe that nobody has written to");
  }
  return file;
}

}  // namespace activation

#endif  // ACTIVATION_RPC_SMALL_FILE_H_
