#include "src/base/small_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace activation {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;

absl::Status CannotBeRead(int error) {
  return absl::InvalidArgumentError(absl::StrCat("cannot be read: ", std::strerror(error)));
}

// Of files and pipes with a name; who may write to a device says nothing of what comes from it.
bool WritableByAll(const struct stat& info) {
  return (S_ISREG(info.st_mode) || S_ISFIFO(info.st_mode)) && (info.st_mode & S_IWOTH) != 0;
}

// Whether there is more to read, or an end, before `patience` is over.
bool Await(int fd, absl::Duration patience) {
  pollfd end{.fd = fd, .events = POLLIN, .revents = 0};
  const bool for_ever = patience == absl::InfiniteDuration();
  const int milliseconds = for_ever ? -1 : static_cast<int>(absl::ToInt64Milliseconds(patience));
  const int ready = poll(&end, 1, milliseconds);
  return ready > 0 || (ready < 0 && errno == EINTR);
}

}  // namespace

absl::StatusOr<SmallFile> ReadSmallFile(const std::string& path, absl::Duration patience) {
  // To open a pipe that nobody writes to would else take for ever.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return CannotBeRead(errno);
  const absl::Cleanup closing = [fd] { close(fd); };
  // Of the descriptor: what stands at the path may be another file by now.
  struct stat info {};
  if (fstat(fd, &info) != 0) return CannotBeRead(errno);
  if (WritableByAll(info)) {
    return absl::InvalidArgumentError(
        "may be written by every user of this machine, who could put in what they like; take "
        "that away (chmod o-w)");
  }
  SmallFile file{.text = "",
                 .readable_by_all = (info.st_mode & S_IROTH) != 0,
                 .is_pipe = S_ISFIFO(info.st_mode)};
  char buffer[4096];
  for (ssize_t n = 0; (n = read(fd, buffer, sizeof(buffer))) != 0;) {
    if (n < 0) {
      if (errno == EINTR || (errno == EAGAIN && Await(fd, patience))) continue;
      return CannotBeRead(errno);
    }
    file.text.append(buffer, static_cast<size_t>(n));
    if (file.text.size() > kMostBytes) return absl::InvalidArgumentError("is larger than 1 MiB");
  }
  return file;
}

}  // namespace activation
