// The bearer token in a file, read again when the file may have changed.
#ifndef ACTIVATION_CLIENT_SRC_TOKEN_FILE_H_
#define ACTIVATION_CLIENT_SRC_TOKEN_FILE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace activation::client {

// Thread-safe.
class TokenFile {
 public:
  // INVALID_ARGUMENT naming the option token_file where the file holds no token.
  static absl::StatusOr<std::shared_ptr<TokenFile>> Open(std::string path);

  // The value of the header `authorization`. Looks at the file at most once a second, and waits
  // for nobody who is to write it; while it cannot be read, what it held before stands.
  std::string Authorization();

 private:
  TokenFile(std::string path, std::string authorization, absl::Time read);

  const std::string path_;
  std::mutex mutex_;
  std::string authorization_;  // guarded by mutex_
  absl::Time read_;            // guarded by mutex_
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_TOKEN_FILE_H_
