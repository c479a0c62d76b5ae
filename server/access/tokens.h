// The bearer tokens of a file, one a line: a name for the log, the token, and the groups it
// may call, as
//
//   # name    token                             groups
//   trainer   Zk3vQ0wP8xT1mN6bR4yH2sJ7          compute,inspect
//   operator  a9F2kL5pX8cV1nM4qW7eR0tY          all
//
// Immutable, so thread-safe. Tokens are kept as digests and never printed.
#ifndef ACTIVATION_SERVER_ACCESS_TOKENS_H_
#define ACTIVATION_SERVER_ACCESS_TOKENS_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/groups.h"

namespace activation::access {

class Tokens {
 public:
  using Digest = std::array<unsigned char, 32>;  // SHA-256

  static Digest DigestOf(absl::string_view text);

  // INVALID_ARGUMENT naming the line, never what stands in it beside name and groups.
  static absl::StatusOr<Tokens> Parse(absl::string_view text);

  // Whether a call of the method at `path` with this `authorization` header may go on, no
  // header being none: UNAUTHENTICATED without a token that is known, PERMISSION_DENIED where
  // it is not good for the method. Takes as long for every token that is not known.
  absl::Status Check(absl::string_view path, std::optional<absl::string_view> authorization) const;

  size_t size() const { return tokens_.size(); }

 private:
  struct Token {
    std::string name;
    Digest digest;
    Groups groups;
  };

  const Token* Find(absl::string_view token) const;

  std::vector<Token> tokens_;
};

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_TOKENS_H_
