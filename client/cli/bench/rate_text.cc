#include "client/cli/bench/rate_text.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace activation::cli {
namespace {

bool ParseRate(absl::string_view text, double* rate) {
  return absl::SimpleAtod(text, rate) && *rate >= kLeastRate && *rate <= kMostRate;
}

}  // namespace

absl::StatusOr<RateProfile> ParseRamp(const std::string& text) {
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(text, absl::MaxSplits("..", 1));
  RateProfile profile;
  if (ParseRate(ends.first, &profile.first) && ParseRate(ends.second, &profile.last)) {
    return profile;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no ramp; write it as 1000..20000"));
}

absl::StatusOr<double> ParsePercent(const std::string& text) {
  absl::string_view number = text;
  double percent = 0;
  if (absl::ConsumeSuffix(&number, "%") && absl::SimpleAtod(number, &percent) && percent > 0 &&
      percent < 100) {
    return percent / 100;
  }
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no percentage; write it as 2%"));
}

}  // namespace activation::cli
