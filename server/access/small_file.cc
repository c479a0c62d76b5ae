#include "server/access/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "rpc/secret_for_path.h"

namespace activation::access {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;
constexpr size_t kMostShown = 100;

absl::Status Unusable(absl::string_view flag, const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", Shown(path), " ", why));
}

}  // namespace

std::string Shown(const std::string& path) {
  if (path.size() <= kMostShown) return path;
  return absl::StrCat(path.substr(0, kMostShown), "...");
}

absl::Status TextForPath(absl::string_view flag) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": wants the path of a file and got its text"));
}

absl::StatusOr<SmallFile> ReadSmallFile(absl::string_view flag, const std::string& path) {
  if (IsPemText(path)) return TextForPath(flag);
  // A pipe that nobody writes to would block the server.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return Unusable(flag, path, absl::StrCat("cannot be read: ", std::strerror(errno)));
  const absl::Cleanup closing = [fd] { close(fd); };
  // Of the descriptor: what stands at the path may be another file by now.
  struct stat info {};
  if (fstat(fd, &info) != 0) {
    return Unusable(flag, path, absl::StrCat("cannot be read: ", std::strerror(errno)));
  }
  if ((info.st_mode & S_IWOTH) != 0) {
    return Unusable(flag, path,
                    "may be written by every user of this machine, who could put in what they "
                    "like; take that away (chmod o-w)");
  }
  SmallFile file{.text = "", .readable_by_all = (info.st_mode & S_IROTH) != 0};
  char buffer[4096];
  for (ssize_t n = 0; (n = read(fd, buffer, sizeof(buffer))) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Unusable(flag, path, absl::StrCat("cannot be read: ", std::strerror(errno)));
    file.text.append(buffer, static_cast<size_t>(n));
    if (file.text.size() > kMostBytes) return Unusable(flag, path, "is larger than 1 MiB");
  }
  if (file.text.empty()) return Unusable(flag, path, "is empty");
  return file;
}

}  // namespace activation::access
