// Files with keys, certificates and tokens: small, read whole. Thread-safe.
#ifndef ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_
#define ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::access {

// What a file holds; up to 1 MiB. INVALID_ARGUMENT naming `flag` where it cannot be read, is
// larger or is empty.
absl::StatusOr<std::string> ReadSmallFile(absl::string_view flag, const std::string& path);

// Whether any user of the machine may read it: a secret should not be.
bool IsReadableByAll(const std::string& path);

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_SMALL_FILE_H_
