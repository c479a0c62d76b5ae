#include "client/cli/file_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace activation::cli {
namespace {

constexpr size_t kChunk = size_t{1} << 20;
constexpr size_t kMostFileBytes = size_t{16} << 30;

absl::Status Failed(const std::string& name, int error) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", std::strerror(error)));
}

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin && file != stdout) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Close>;

}  // namespace

std::string InputName(const std::string& path) { return path == "-" ? "stdin" : path; }

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  const std::string name = InputName(path);
  const File file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return Failed(name, errno);
  std::string contents;
  for (;;) {
    const size_t before = contents.size();
    contents.resize(before + kChunk);
    const size_t got = std::fread(contents.data() + before, 1, kChunk, file.get());
    contents.resize(before + got);
    if (got == 0) break;
    if (contents.size() > kMostFileBytes) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": more than 16 GiB"));
    }
  }
  if (std::ferror(file.get()) != 0) return Failed(name, errno);
  return contents;
}

absl::Status CheckWritable(const std::string& path) {
  if (path == "-") return absl::OkStatus();
  // A pipe that was opened and closed again has lost its reader.
  std::error_code ignored;
  const std::filesystem::file_status there = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there) &&
      !std::filesystem::is_directory(there)) {
    return access(path.c_str(), W_OK) == 0 ? absl::OkStatus() : Failed(path, errno);
  }
  // Behind a link it is what the link names.
  std::filesystem::path target = path;
  if (std::filesystem::is_symlink(path, ignored) && !std::filesystem::exists(there)) {
    target = target.parent_path() / std::filesystem::read_symlink(path, ignored);
  }
  // What is removed again is what nobody but this made.
  const int made = open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made >= 0) {
    close(made);
    unlink(target.c_str());
    return absl::OkStatus();
  }
  if (errno != EEXIST) return Failed(path, errno);
  const File file(std::fopen(path.c_str(), "ab"));
  return file ? absl::OkStatus() : Failed(path, errno);
}

absl::Status WriteWhole(const std::string& path, absl::string_view contents) {
  const std::string name = path == "-" ? "stdout" : path;
  File file(path == "-" ? stdout : std::fopen(path.c_str(), "wb"));
  if (!file) return Failed(name, errno);
  // A full disk may show only when the last buffer is flushed.
  if (std::fwrite(contents.data(), 1, contents.size(), file.get()) != contents.size() ||
      std::fflush(file.get()) != 0) {
    return Failed(name, errno);
  }
  return absl::OkStatus();
}

}  // namespace activation::cli
