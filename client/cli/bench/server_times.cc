#include "client/cli/bench/server_times.h"

#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace activation::cli {
namespace {

constexpr double kMostMilliseconds = 1e9;

std::optional<std::chrono::nanoseconds> ParseMilliseconds(absl::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= 0) || value > kMostMilliseconds) {
    return std::nullopt;
  }
  return std::chrono::nanoseconds(std::llround(value * 1e6));
}

}  // namespace

std::optional<ServerTimes> ParseServerTimes(absl::string_view text) {
  std::optional<std::chrono::nanoseconds> queue, copy, kernel;
  for (absl::string_view entry : absl::StrSplit(text, ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(absl::StripAsciiWhitespace(entry), absl::MaxSplits(';', 1));
    absl::string_view value = parts.second;
    if (!absl::ConsumePrefix(&value, "dur=")) continue;
    if (parts.first == "queue") queue = ParseMilliseconds(value);
    if (parts.first == "copy") copy = ParseMilliseconds(value);
    if (parts.first == "kernel") kernel = ParseMilliseconds(value);
  }
  if (!queue || !copy || !kernel) return std::nullopt;
  return ServerTimes{*queue, *copy, *kernel};
}

}  // namespace activation::cli
