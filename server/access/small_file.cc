#include "server/access/small_file.h"

#include "absl/strings/str_cat.h"
#include "rpc/secret_for_path.h"

namespace activation::access {
namespace {

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

absl::StatusOr<SmallFile> ReadFlagFile(absl::string_view flag, const std::string& path) {
  if (IsPemText(path)) return TextForPath(flag);
  absl::StatusOr<SmallFile> file = ReadSmallFile(path, Writers::kNotAll, absl::ZeroDuration());
  if (!file.ok()) return Unusable(flag, path, file.status().message());
  if (file->text.empty()) return Unusable(flag, path, "is empty");
  return file;
}

}  // namespace activation::access
