// Files with keys, certificates and tokens, by the flags that name them. Thread-safe.
#ifndef ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_
#define ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rpc/small_file.h"

namespace activation::access {

// What a file holds, without waiting for it. INVALID_ARGUMENT naming `flag` for what a small file
// is refused for, where it is empty, and where `path` is the text of such a file, which then is
// not shown.
absl::StatusOr<SmallFile> ReadFlagFile(absl::string_view flag, const std::string& path);

// A path as errors and the log have it: up to some 100 characters.
std::string Shown(const std::string& path);

// INVALID_ARGUMENT of a flag that was given the text of a file.
absl::Status TextForPath(absl::string_view flag);

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_
