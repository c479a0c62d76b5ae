#include "server/page/query.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/base/errors.h"
#include "src/base/words.h"

namespace activation::page {
namespace {

constexpr size_t kMostNames = 16;

// The value of a hexadecimal digit, or -1.
int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

absl::StatusOr<std::string> Decode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? DigitValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? DigitValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return InvalidField("query", "a % is not followed by two hexadecimal digits");
      }
      c = static_cast<char>(16 * high + low);
      i += 2;
    }
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) {
      return InvalidField("query", "has a character that is not printable ASCII");
    }
    decoded += c;
  }
  return decoded;
}

}  // namespace

absl::StatusOr<Query> ParseQuery(absl::string_view text) {
  Query query;
  for (const absl::string_view part : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    absl::StatusOr<std::string> name = Decode(sides.first);
    if (!name.ok()) return name.status();
    absl::StatusOr<std::string> value = Decode(sides.second);
    if (!value.ok()) return value.status();
    if (name->empty()) return InvalidField("query", "has a value without a name");
    const auto [field, is_new] = query.emplace(*std::move(name), *std::move(value));
    if (!is_new)
      return InvalidField("query", absl::StrCat("'", Echo(field->first), "' is there twice"));
    if (query.size() > kMostNames) {
      return InvalidField("query", absl::StrCat("has more than ", kMostNames, " names"));
    }
  }
  return query;
}

}  // namespace activation::page
