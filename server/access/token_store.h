// The tokens in use. Poll() looks at the file again: what has changed and is good counts
// from the next call on, what is broken is logged once and the tokens read before go on to
// count. Thread-safe.
#ifndef ACTIVATION_SERVER_ACCESS_TOKEN_STORE_H_
#define ACTIVATION_SERVER_ACCESS_TOKEN_STORE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "server/access/reload.h"
#include "server/access/tokens.h"

namespace activation::access {

class TokenStore {
 public:
  // INVALID_ARGUMENT naming --token-file.
  static absl::StatusOr<std::unique_ptr<TokenStore>> Open(std::string path);

  // What it leaves undone for want of memory, which it throws, the next one does.
  Reload Poll();

  std::shared_ptr<const Tokens> current() const;

 private:
  TokenStore(std::string path, const Tokens::Digest& text, Tokens tokens);

  const std::string path_;
  mutable std::mutex mutex_;
  // All guarded by mutex_.
  Tokens::Digest seen_;  // of the last text that was read, good or not: no text of it is kept
  std::string problem_;  // the one that was logged, while it lasts
  std::shared_ptr<const Tokens> current_;
};

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_TOKEN_STORE_H_
