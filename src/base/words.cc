#include "src/base/words.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace activation {
namespace {

constexpr size_t kMostNear = 3;
// Others are no misspelt words, and long to compare.
constexpr size_t kLongestWord = 64;
// A beginning of fewer letters says too little.
constexpr size_t kShortestBeginning = 3;

// Edits (insert, delete, replace a character, swap two neighbours) from a to b.
// Source: Damerau, "A technique for computer detection and correction of spelling errors", 1964,
// in the restricted form.
size_t Edits(absl::string_view a, absl::string_view b) {
  // Row i has the edits from a's first i characters to each beginning of b.
  std::vector<size_t> before, last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = std::exchange(last, row);
  }
  return last.back();
}

}  // namespace

std::string Echo(absl::string_view text) {
  constexpr size_t kMost = 64;
  std::string safe(text.substr(0, kMost));
  for (char& c : safe) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return text.size() > kMost ? safe + "..." : safe;
}

std::vector<std::string> Nearest(absl::string_view word, const std::vector<std::string>& words) {
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::string lower = absl::AsciiStrToLower(word);
  std::vector<std::string> near, longer;
  size_t least = std::max<size_t>(1, word.size() / 3);
  for (const std::string& other : words) {
    const std::string other_lower = absl::AsciiStrToLower(other);
    if (absl::StartsWith(other_lower, lower)) longer.push_back(other);
    // No fewer edits than the lengths differ by: most need not be counted.
    if (std::max(lower.size(), other.size()) - std::min(lower.size(), other.size()) > least)
      continue;
    const size_t edits = Edits(lower, other_lower);
    if (edits < least) near.clear();
    if (edits <= least) {
      least = edits;
      near.push_back(other);
    }
  }
  // The beginning of many is none's in particular.
  const bool telling =
      !longer.empty() && longer.size() <= kMostNear && word.size() >= kShortestBeginning;
  if (telling && (near.empty() || least > 1)) return longer;
  if (near.size() > kMostNear) near.resize(kMostNear);
  return near;
}

std::string DidYouMean(const std::vector<std::string>& nearest) {
  return nearest.empty() ? ""
                         : absl::StrCat("; did you mean '", absl::StrJoin(nearest, "' or '"), "'?");
}

std::string NoSuchArgument(const std::vector<std::string>& extra,
                           const std::vector<std::string>& flags) {
  const auto is_flag = [](const std::string& text) { return absl::StartsWith(text, "-"); };
  // What is left over beside an unknown flag is likely its value.
  const auto found = std::find_if(extra.begin(), extra.end(), is_flag);
  if (found == extra.end()) {
    return absl::StrCat("nothing takes the argument '", Echo(extra.front()), "'");
  }
  const std::string flag = found->substr(0, found->find('='));
  return absl::StrCat("there is no flag ", Echo(flag), DidYouMean(Nearest(flag, flags)));
}

std::string MisspeltVariable(absl::string_view variable, absl::string_view prefix,
                             const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), variable) != known.end()) return "";
  std::vector<std::string> names;
  for (const std::string& each : known) {
    if (absl::StartsWith(each, prefix)) names.push_back(each.substr(prefix.size()));
  }
  std::vector<std::string> near = Nearest(absl::StripPrefix(variable, prefix), names);
  if (near.empty()) return "";
  for (std::string& each : near) each = absl::StrCat(prefix, each);
  return absl::StrCat("there is no variable ", Echo(variable), DidYouMean(near));
}

}  // namespace activation
