// Lengths of time as people type and read them.
#ifndef ACTIVATION_CLIENT_CLI_DURATION_TEXT_H_
#define ACTIVATION_CLIENT_CLI_DURATION_TEXT_H_

#include <chrono>
#include <optional>
#include <string>

namespace activation::cli {

// "500ms", "2s", "1m30s", or a plain number of seconds; nothing where it is none
// of these, negative, or past a day.
std::optional<std::chrono::nanoseconds> ParseDuration(const std::string& text);

// Three significant digits in the unit that fits: "731 ns", "15.2 us", "1.04 ms".
std::string DurationText(std::chrono::nanoseconds duration);

// CLI11's check: "" where `text` is a duration, else the message.
std::string CheckDuration(const std::string& text);

// The same, of a time in which something is to happen.
std::string CheckPositiveDuration(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_DURATION_TEXT_H_
