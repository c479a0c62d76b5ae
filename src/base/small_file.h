// Files of settings, keys and tokens: small, read whole. Thread-safe.
#ifndef ACTIVATION_SRC_BASE_SMALL_FILE_H_
#define ACTIVATION_SRC_BASE_SMALL_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace activation {

struct SmallFile {
  std::string text;
  // Whether any user of the machine may read it: a secret should not be.
  bool readable_by_all = false;
  bool is_pipe = false;
};

// What a file holds, up to 1 MiB. A pipe that nobody writes to is empty; for one that somebody
// holds open it waits, `patience` at most for each part that comes.
//
// INVALID_ARGUMENT, to be read behind the file's name, as "is larger than 1 MiB", where it cannot
// be read or is larger, and where every user of the machine may write to it.
absl::StatusOr<SmallFile> ReadSmallFile(const std::string& path, absl::Duration patience);

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_SMALL_FILE_H_
