#include "server/access/token_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/access/small_file.h"
#include "server/logging.h"

namespace activation::access {
namespace {

constexpr char kFlag[] = "--token-file";

absl::StatusOr<Tokens> ParseFile(const std::string& path, const std::string& text) {
  absl::StatusOr<Tokens> tokens = Tokens::Parse(text);
  if (tokens.ok()) return tokens;
  return absl::InvalidArgumentError(
      absl::StrCat(kFlag, ": ", path, " ", tokens.status().message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenStore>> TokenStore::Open(std::string path) {
  absl::StatusOr<std::string> text = ReadSmallFile(kFlag, path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Tokens> tokens = ParseFile(path, *text);
  if (!tokens.ok()) return tokens.status();
  if (IsReadableByAll(path)) {
    Log(LogLevel::kWarning, "tokens",
        {{"message", absl::StrCat(kFlag, ": every user of this machine may read ", path)}});
  }
  return std::unique_ptr<TokenStore>(
      new TokenStore(std::move(path), *std::move(text), *std::move(tokens)));
}

TokenStore::TokenStore(std::string path, std::string text, Tokens tokens)
    : path_(std::move(path)),
      seen_(std::move(text)),
      current_(std::make_shared<const Tokens>(std::move(tokens))) {}

Reload TokenStore::Poll() {
  absl::StatusOr<std::string> text = ReadSmallFile(kFlag, path_);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (text.ok() && *text == seen_) return Reload::kUnchanged;
  if (text.ok()) seen_ = *text;
  absl::StatusOr<Tokens> tokens =
      text.ok() ? ParseFile(path_, *text) : absl::StatusOr<Tokens>(text.status());
  if (!tokens.ok()) {
    std::string problem(tokens.status().message());
    // A file that is away stays so for many polls.
    if (problem == problem_ && !text.ok()) return Reload::kUnchanged;
    problem_ = std::move(problem);
    Log(LogLevel::kError, "reload_failed",
        {{"message", problem_ + "; the tokens read before go on to count"}});
    return Reload::kFailed;
  }
  problem_.clear();
  Log(LogLevel::kInfo, "tokens_reloaded", {{"file", path_}, {"tokens", tokens->size()}});
  current_ = std::make_shared<const Tokens>(*std::move(tokens));
  return Reload::kDone;
}

std::shared_ptr<const Tokens> TokenStore::current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

}  // namespace activation::access
