#include "client/cli/diagnose/normal_text.h"

#include <cmath>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace activation::cli {

std::optional<diagnosis::Normal> ParseNormal(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  diagnosis::Normal normal;
  const bool read = parts.size() == 2 && absl::SimpleAtod(parts[0], &normal.mean) &&
                    absl::SimpleAtod(parts[1], &normal.deviation);
  if (!read || !std::isfinite(normal.mean) || !std::isfinite(normal.deviation) ||
      normal.deviation <= 0) {
    return std::nullopt;
  }
  return normal;
}

std::string CheckNormal(const std::string& text) {
  return ParseNormal(text).has_value()
             ? ""
             : absl::StrCat("'", text, "' is not a mean and a deviation above 0, as 0,1");
}

}  // namespace activation::cli
