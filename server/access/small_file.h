// Files with keys, certificates and tokens: small, read whole. Thread-safe.
#ifndef ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_
#define ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::access {

struct SmallFile {
  std::string text;
  // Whether any user of the machine may read it: a secret should not be.
  bool readable_by_all = false;
};

// What a file holds; up to 1 MiB. INVALID_ARGUMENT naming `flag` where it cannot be read, is
// larger or is empty, where every user of the machine may write to it, and where `path` is the
// text of such a file, which then is not shown.
absl::StatusOr<SmallFile> ReadSmallFile(absl::string_view flag, const std::string& path);

// A path as errors and the log have it: up to some 100 characters.
std::string Shown(const std::string& path);

// INVALID_ARGUMENT of a flag that was given the text of a file.
absl::Status TextForPath(absl::string_view flag);

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_
