#include "server/access/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace activation::access {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;

absl::Status Unusable(absl::string_view flag, const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", path, " ", why));
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(absl::string_view flag, const std::string& path) {
  // A pipe that nobody writes to would block the server.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Unusable(flag, path, absl::StrCat("cannot be read: ", std::strerror(errno)));
  const absl::Cleanup closing = [fd] { close(fd); };
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(fd, buffer, sizeof(buffer))) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Unusable(flag, path, absl::StrCat("cannot be read: ", std::strerror(errno)));
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > kMostBytes) return Unusable(flag, path, "is larger than 1 MiB");
  }
  if (text.empty()) return Unusable(flag, path, "is empty");
  return text;
}

bool IsReadableByAll(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
}

}  // namespace activation::access
