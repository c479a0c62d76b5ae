#include "server/access/tokens.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "rpc/secret_for_path.h"

namespace activation::access {
namespace {

// Above, a token does not fit a header beside others.
constexpr size_t kLongest = 1024;
constexpr size_t kMostTokens = 1024;

absl::Status BadLine(size_t line, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", why));
}

bool IsVisible(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
}

// As "compute,inspect"; nothing where a name is no group's.
std::optional<Groups> ParseGroups(absl::string_view text) {
  Groups groups;
  for (const absl::string_view name : absl::StrSplit(text, ',')) {
    if (name == "all") {
      for (const Group group : {Group::kCompute, Group::kInspect, Group::kSharedMemory}) {
        groups.Add(group);
      }
      continue;
    }
    const std::optional<Group> group = GroupNamed(name);
    if (!group.has_value()) return std::nullopt;
    groups.Add(*group);
  }
  return groups;
}

}  // namespace

absl::StatusOr<Tokens> Tokens::Parse(absl::string_view text) {
  Tokens result;
  size_t line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.size() != 3) {
      return BadLine(line_number, "must have a name, a token and groups, as 'ci TOKEN compute'");
    }
    if (words[1].size() < kShortestToken || words[1].size() > kLongest || !IsVisible(words[1])) {
      return BadLine(line_number, absl::StrCat("a token has ", kShortestToken, " to ", kLongest,
                                               " visible ASCII characters"));
    }
    const std::optional<Groups> groups = ParseGroups(words[2]);
    if (!groups.has_value()) {
      return BadLine(line_number,
                     "groups are compute, inspect, shared-memory and all, with commas between");
    }
    Token token{std::string(words[0]), DigestOf(words[1]), *groups};
    for (const Token& other : result.tokens_) {
      if (other.name == token.name || other.digest == token.digest) {
        return BadLine(line_number,
                       absl::StrCat("has the name or the token of '", other.name, "' before it"));
      }
    }
    result.tokens_.push_back(std::move(token));
    if (result.tokens_.size() > kMostTokens) {
      return BadLine(line_number, absl::StrCat("a file has up to ", kMostTokens, " tokens"));
    }
  }
  if (result.tokens_.empty()) return absl::InvalidArgumentError("has no token");
  return result;
}

Tokens::Digest Tokens::DigestOf(absl::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

// All are compared, each in constant time: how long it takes tells nothing about any.
const Tokens::Token* Tokens::Find(absl::string_view token) const {
  const Digest digest = DigestOf(token);
  const Token* found = nullptr;
  for (const Token& each : tokens_) {
    if (CRYPTO_memcmp(each.digest.data(), digest.data(), digest.size()) == 0) found = &each;
  }
  return found;
}

absl::Status Tokens::Check(absl::string_view path,
                           std::optional<absl::string_view> authorization) const {
  const std::optional<Group> group = GroupOf(path);
  if (group == Group::kOpen) return absl::OkStatus();
  // The scheme's case does not count (RFC 7235).
  constexpr absl::string_view kScheme = "Bearer ";
  if (!authorization.has_value() || !absl::StartsWithIgnoreCase(*authorization, kScheme)) {
    return absl::UnauthenticatedError(
        "authorization: this server wants a token, as 'authorization: Bearer TOKEN'");
  }
  const Token* const token = Find(authorization->substr(kScheme.size()));
  if (token == nullptr) return absl::UnauthenticatedError("authorization: the token is not known");
  if (group == Group::kAnyToken) return absl::OkStatus();
  if (group.has_value() ? token->groups.Contains(*group) : token->groups.ContainsAll()) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat("authorization: the token '", token->name,
                                                  "' is not for the group ",
                                                  group.has_value() ? GroupName(*group) : "all"));
}

}  // namespace activation::access
