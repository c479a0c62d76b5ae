#include "client/cli/npy_header_reader.h"

#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace activation::cli {
namespace {

// More extents than any array library allows.
constexpr size_t kMaxRank = 64;

// A cursor over the text. Every Take skips white space first and returns false
// where the text goes on differently.
class Cursor {
 public:
  explicit Cursor(absl::string_view text) : rest_(text) {}

  bool Take(absl::string_view token) {
    SkipSpace();
    if (rest_.substr(0, token.size()) != token) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  bool TakeQuoted(std::string* value) {
    SkipSpace();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) return false;
    const size_t end = rest_.find(rest_[0], 1);
    if (end == absl::string_view::npos) return false;
    *value = std::string(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool TakeExtent(int64_t* value) {
    SkipSpace();
    size_t digits = 0;
    *value = 0;
    for (; digits < rest_.size() && absl::ascii_isdigit(rest_[digits]); ++digits) {
      const int64_t digit = rest_[digits] - '0';
      if (*value > (std::numeric_limits<int64_t>::max() - digit) / 10) return false;
      *value = *value * 10 + digit;
    }
    rest_.remove_prefix(digits);
    // Python 2 wrote long integers with an L.
    if (digits > 0 && !rest_.empty() && rest_[0] == 'L') rest_.remove_prefix(1);
    return digits > 0;
  }

  bool AtEnd() {
    SkipSpace();
    return rest_.empty();
  }

 private:
  void SkipSpace() {
    while (!rest_.empty() && absl::ascii_isspace(rest_[0])) rest_.remove_prefix(1);
  }

  absl::string_view rest_;
};

bool TakeShape(Cursor& cursor, std::vector<int64_t>* shape) {
  if (!cursor.Take("(")) return false;
  shape->clear();
  while (!cursor.Take(")")) {
    int64_t extent;
    if (shape->size() == kMaxRank || !cursor.TakeExtent(&extent)) return false;
    shape->push_back(extent);
    if (cursor.Take(",")) continue;
    return cursor.Take(")");
  }
  return true;
}

bool TakeBool(Cursor& cursor, bool* value) {
  *value = cursor.Take("True");
  return *value || cursor.Take("False");
}

}  // namespace

absl::StatusOr<NpyDictionary> ReadNpyDictionary(absl::string_view text) {
  Cursor cursor(text);
  NpyDictionary result;
  bool has_descr = false, has_order = false, has_shape = false;
  if (!cursor.Take("{")) return absl::InvalidArgumentError("its header is no dictionary");
  while (!cursor.Take("}")) {
    std::string key;
    if (!cursor.TakeQuoted(&key) || !cursor.Take(":")) {
      return absl::InvalidArgumentError("its header is no dictionary");
    }
    bool* seen = key == "descr"           ? &has_descr
                 : key == "fortran_order" ? &has_order
                 : key == "shape"         ? &has_shape
                                          : nullptr;
    if (seen == nullptr || std::exchange(*seen, true)) {
      return absl::InvalidArgumentError("its header has an entry too many");
    }
    if (seen == &has_descr && !cursor.TakeQuoted(&result.descr)) {
      return absl::InvalidArgumentError("its elements are records, not numbers");
    }
    if (seen == &has_order && !TakeBool(cursor, &result.fortran_order)) {
      return absl::InvalidArgumentError("'fortran_order' is neither True nor False");
    }
    if (seen == &has_shape && !TakeShape(cursor, &result.shape)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'shape' is no tuple of at most ", kMaxRank, " sizes"));
    }
    if (cursor.Take(",")) continue;
    if (cursor.Take("}")) break;
    return absl::InvalidArgumentError("its header is no dictionary");
  }
  if (!cursor.AtEnd()) return absl::InvalidArgumentError("its header goes on after the dictionary");
  if (!has_descr || !has_order || !has_shape) {
    return absl::InvalidArgumentError("its header lacks 'descr', 'fortran_order' or 'shape'");
  }
  return result;
}

}  // namespace activation::cli
