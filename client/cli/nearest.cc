#include "client/cli/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace activation::cli {
namespace {

// Edits (insert, delete, replace a character, swap two neighbours) from a to b.
// Source: Damerau, "A technique for computer detection and correction of spelling errors", 1964,
// in the restricted form.
size_t Edits(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> edits(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) edits[i][0] = i;
  std::iota(edits[0].begin(), edits[0].end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = edits[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      edits[i][j] = std::min({replaced, edits[i - 1][j] + 1, edits[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
      }
    }
  }
  return edits[a.size()][b.size()];
}

}  // namespace

std::string DidYouMean(absl::string_view word, const std::vector<std::string>& words) {
  constexpr size_t kLongestWord = 64;
  if (word.empty() || word.size() > kLongestWord) return "";
  std::pair<size_t, std::string> nearest = {word.size() / 3 + 1, ""};
  for (const std::string& other : words) {
    const size_t edits = Edits(word, other);
    if (edits < nearest.first) nearest = {edits, other};
  }
  return nearest.second.empty() ? "" : absl::StrCat("; did you mean '", nearest.second, "'?");
}

}  // namespace activation::cli
