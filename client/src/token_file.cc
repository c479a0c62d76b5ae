#include "client/src/token_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/src/credentials.h"
#include "rpc/secret_for_path.h"

namespace activation::client {
namespace {

constexpr absl::Duration kFresh = absl::Seconds(1);

absl::StatusOr<std::string> ReadAuthorization(const std::string& path, absl::Duration patience) {
  constexpr char kOption[] = "token_file";
  if (MayBeSecret(path)) {
    return absl::InvalidArgumentError(
        absl::StrCat(kOption, ": names no file; it is not shown, as it may be the token"));
  }
  const absl::StatusOr<std::string> text = ReadOptionFile(kOption, path, patience);
  if (!text.ok()) return text.status();
  const absl::string_view token = absl::StripAsciiWhitespace(*text);
  const bool is_token = !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (!is_token) {
    return absl::InvalidArgumentError(
        absl::StrCat(kOption, ": ", path, " must hold a token of visible ASCII alone"));
  }
  return absl::StrCat("Bearer ", token);
}

}  // namespace

absl::StatusOr<std::shared_ptr<TokenFile>> TokenFile::Open(std::string path) {
  const absl::Time now = absl::Now();
  absl::StatusOr<std::string> authorization = ReadAuthorization(path, absl::InfiniteDuration());
  if (!authorization.ok()) return authorization.status();
  return std::shared_ptr<TokenFile>(new TokenFile(std::move(path), *std::move(authorization), now));
}

TokenFile::TokenFile(std::string path, std::string authorization, absl::Time read)
    : path_(std::move(path)), authorization_(std::move(authorization)), read_(read) {}

std::string TokenFile::Authorization() {
  const absl::Time now = absl::Now();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (now - read_ >= kFresh) {
    read_ = now;
    // Calls are on their way behind this, with deadlines of their own.
    absl::StatusOr<std::string> authorization = ReadAuthorization(path_, absl::ZeroDuration());
    if (authorization.ok()) authorization_ = *std::move(authorization);
  }
  return authorization_;
}

}  // namespace activation::client
