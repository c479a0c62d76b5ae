#include "server/access/token_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "rpc/secret_for_path.h"
#include "server/access/small_file.h"
#include "server/logging.h"

namespace activation::access {
namespace {

constexpr char kFlag[] = "--token-file";

absl::StatusOr<Tokens> ParseFile(const std::string& path, const std::string& text) {
  absl::StatusOr<Tokens> tokens = Tokens::Parse(text);
  if (tokens.ok()) return tokens;
  return absl::InvalidArgumentError(
      absl::StrCat(kFlag, ": ", Shown(path), " ", tokens.status().message()));
}

// Before anything else is said of the path: a file of one line leaves no line's end to tell it
// from one, and a token alone looks like a name.
absl::Status RefuseSecret(const std::string& path) {
  if (Tokens::Parse(path).ok()) return TextForPath(kFlag);
  if (!MayBeSecret(path)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(kFlag, ": names no file; it is not shown, as it may be a token"));
}

void WarnOfReaders(const SmallFile& file, const std::string& path) {
  if (!file.readable_by_all) return;
  Log(LogLevel::kWarning, "tokens",
      {{"message", absl::StrCat(kFlag, ": every user of this machine may read ", Shown(path))}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenStore>> TokenStore::Open(std::string path) {
  const absl::Status refusal = RefuseSecret(path);
  if (!refusal.ok()) return refusal;
  absl::StatusOr<SmallFile> file = ReadFlagFile(kFlag, path);
  if (!file.ok()) return file.status();
  absl::StatusOr<Tokens> tokens = ParseFile(path, file->text);
  if (!tokens.ok()) return tokens.status();
  WarnOfReaders(*file, path);
  return std::unique_ptr<TokenStore>(
      new TokenStore(std::move(path), Tokens::DigestOf(file->text), *std::move(tokens)));
}

TokenStore::TokenStore(std::string path, const Tokens::Digest& text, Tokens tokens)
    : path_(std::move(path)),
      seen_(text),
      current_(std::make_shared<const Tokens>(std::move(tokens))) {}

// A text counts as seen once all that follows from it is done.
Reload TokenStore::Poll() {
  const absl::StatusOr<SmallFile> file = ReadFlagFile(kFlag, path_);
  const std::lock_guard<std::mutex> lock(mutex_);
  const Tokens::Digest text = file.ok() ? Tokens::DigestOf(file->text) : seen_;
  if (file.ok() && text == seen_) {
    // It may have been away meanwhile, and may be once more.
    problem_.clear();
    return Reload::kUnchanged;
  }
  absl::StatusOr<Tokens> tokens =
      file.ok() ? ParseFile(path_, file->text) : absl::StatusOr<Tokens>(file.status());
  if (!tokens.ok()) {
    std::string problem(tokens.status().message());
    // A file that is away stays so for many polls.
    if (problem == problem_ && !file.ok()) return Reload::kUnchanged;
    Log(LogLevel::kError, "reload_failed",
        {{"message", problem + "; the tokens read before go on to count"}});
    problem_ = std::move(problem);
    seen_ = text;
    return Reload::kFailed;
  }
  auto changed = std::make_shared<const Tokens>(*std::move(tokens));
  Log(LogLevel::kInfo, "tokens_reloaded", {{"file", Shown(path_)}, {"tokens", changed->size()}});
  WarnOfReaders(*file, path_);
  problem_.clear();
  current_ = std::move(changed);
  seen_ = text;
  return Reload::kDone;
}

std::shared_ptr<const Tokens> TokenStore::current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

}  // namespace activation::access
