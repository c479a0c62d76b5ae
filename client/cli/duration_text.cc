#include "client/cli/duration_text.h"

#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace activation::cli {

std::optional<std::chrono::nanoseconds> ParseDuration(const std::string& text) {
  absl::Duration duration;
  double seconds;
  if (absl::SimpleAtod(text, &seconds)) {
    duration = absl::Seconds(seconds);
  } else if (!absl::ParseDuration(text, &duration)) {
    return std::nullopt;
  }
  if (duration < absl::ZeroDuration() || duration > absl::Hours(24)) return std::nullopt;
  return absl::ToChronoNanoseconds(duration);
}

std::string DurationText(std::chrono::nanoseconds duration) {
  const char* unit = "ns";
  auto value = static_cast<double>(duration.count());
  for (const char* larger : {"us", "ms", "s"}) {
    if (value < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g %s", value, unit);
  return value < 999.5 ? text : absl::StrCat(static_cast<int64_t>(value), " ", unit);
}

std::string CheckDuration(const std::string& text) {
  if (ParseDuration(text)) return "";
  return absl::StrCat("'", text, "' is no length of time up to a day; write it as 500ms, 2s or 1m");
}

std::string CheckPositiveDuration(const std::string& text) {
  const auto duration = ParseDuration(text);
  return duration && *duration == std::chrono::nanoseconds::zero() ? "must be more than nothing"
                                                                   : CheckDuration(text);
}

}  // namespace activation::cli
