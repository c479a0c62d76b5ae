#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/access/tokens.h"
#include "tests/fuzz/checks.h"

namespace activation::fuzz {
namespace {

// One method of each group.
struct Method {
  const char* group;
  const char* path;
};
constexpr char kAnyTokens[] = "/activation.v1.ActivationService/ListFunctions";
constexpr Method kMethods[] = {
    {"compute", "/activation.v1.ActivationService/Forward"},
    {"inspect", "/inference.GRPCInferenceService/ModelStatistics"},
    {"shared-memory", "/activation.v1.ActivationService/RegisterSharedMemory"},
};

// The words of each line that is no comment.
std::vector<std::vector<std::string>> Lines(absl::string_view text) {
  std::vector<std::vector<std::string>> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view bare = absl::StripAsciiWhitespace(line);
    if (bare.empty() || bare[0] == '#') continue;
    lines.push_back(absl::StrSplit(bare, absl::ByAnyChar(" \t"), absl::SkipEmpty()));
  }
  return lines;
}

bool Names(absl::string_view groups, absl::string_view wanted) {
  for (const absl::string_view group : absl::StrSplit(groups, ',')) {
    if (group == wanted || group == "all") return true;
  }
  return false;
}

// A message that has a token where a name may stand is no slip.
bool Leaks(absl::string_view message, const std::vector<std::vector<std::string>>& lines) {
  constexpr size_t kShortest = 16;
  for (const auto& words : lines) {
    if (words.size() < 2 || words[1].size() < kShortest) continue;
    bool is_name = false;
    for (const auto& others : lines) is_name |= absl::StrContains(others[0], words[1]);
    if (!is_name && absl::StrContains(message, words[1])) return true;
  }
  return false;
}

std::string CheckToken(const access::Tokens& tokens, const std::vector<std::string>& words) {
  if (words.size() != 3) return "a line that is none was taken";
  if (!tokens.Check(kAnyTokens, absl::StrCat("Bearer ", words[1])).ok()) {
    return "a token that may not ask what there is";
  }
  for (const Method& method : kMethods) {
    const absl::Status status = tokens.Check(method.path, absl::StrCat("Bearer ", words[1]));
    if (status.ok() != Names(words[2], method.group)) {
      return absl::StrCat("a token of ", words[2], " for ", method.group, ": ", status.ToString());
    }
    if (!absl::IsUnauthenticated(tokens.Check(method.path, "Bearer " + words[1] + "x")) &&
        words[1].size() < 1024) {
      return "a token that is not in the file";
    }
  }
  return "";
}

}  // namespace

std::string CheckTokens(absl::string_view input) {
  const auto lines = Lines(input);
  const auto tokens = access::Tokens::Parse(input);
  if (!tokens.ok()) return Leaks(tokens.status().message(), lines) ? "a token in a message" : "";
  if (tokens->size() != lines.size()) return "another number of tokens";
  for (const auto& words : lines) {
    std::string problem = CheckToken(*tokens, words);
    if (!problem.empty()) return problem;
  }
  return "";
}

}  // namespace activation::fuzz
