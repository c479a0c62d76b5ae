#include "server/flags.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "src/base/words.h"

namespace activation {
namespace {

// The library writes zero without a unit.
std::string TextOf(absl::Duration duration) {
  return duration == absl::ZeroDuration() ? "0s" : absl::FormatDuration(duration);
}

}  // namespace

void Flags::Add(const char* group, const std::string& name, const std::string& default_text,
                const std::string& meaning, const std::string& type, Reader reader) {
  // The check runs first and reports with the flag's name; it also stores.
  app_->add_option_function<std::string>(
          "--" + name, [](const std::string&) {}, meaning)
      ->check(CLI::Validator(std::move(reader), ""))
      ->option_text(default_text.empty() ? type : type + " [" + default_text + "]")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->group(group);
}

void Flags::Switch(const char* group, const std::string& name, bool* value,
                   const std::string& meaning) {
  // Else the library takes for a number what begins like one.
  const auto is_switch = [](const std::string& text) -> std::string {
    for (const char* known : {"true", "false", "on", "off", "yes", "no", "1", "0"}) {
      if (text == known) return "";
    }
    return absl::StrCat("must be true or false, not '", Echo(text), "'");
  };
  app_->add_flag("--" + name, *value, meaning)
      ->check(CLI::Validator(is_switch, ""))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->group(group);
}

std::string Flags::WithUnit(int64_t number) {
  for (const auto& [unit, shift] :
       {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
    const int64_t one = int64_t{1} << shift;
    if (number >= one && number % one == 0) return absl::StrCat(number / one, unit);
  }
  return absl::StrCat(number);
}

std::string Flags::BytesRangeText(int64_t low, int64_t high) {
  return absl::StrCat(" (", WithUnit(low), " to ", WithUnit(high), ")");
}

std::string Flags::ReadNumber(const std::string& text, int64_t low, int64_t high, int64_t* value) {
  int64_t number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= low && number <= high) {
    *value = number;
    return "";
  }
  return absl::StrCat("must be a whole number from ", low, " to ", high, ", not '", Echo(text),
                      "'");
}

std::string Flags::ReadBytes(const std::string& text, int64_t low, int64_t high, int64_t* value) {
  absl::string_view digits = text;
  int64_t unit = 1;
  if (absl::ConsumeSuffix(&digits, "KiB")) unit = int64_t{1} << 10;
  if (absl::ConsumeSuffix(&digits, "MiB")) unit = int64_t{1} << 20;
  if (absl::ConsumeSuffix(&digits, "GiB")) unit = int64_t{1} << 30;
  int64_t number = 0;
  if (absl::SimpleAtoi(digits, &number) && number >= 0 && number <= high / unit &&
      number * unit >= low) {
    *value = number * unit;
    return "";
  }
  return absl::StrCat("must be a whole number of bytes from ", low, " to ", high,
                      ", optionally with KiB, MiB or GiB, not '", Echo(text), "'");
}

std::string Flags::ReadDuration(const std::string& text, const DurationRange& range,
                                absl::Duration* value) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration >= range.low && duration <= range.high &&
      absl::Trunc(duration, range.unit) == duration) {
    *value = duration;
    return "";
  }
  return absl::StrCat("must be a duration from ", TextOf(range.low), " to ", TextOf(range.high),
                      ", as 500ms, 5s or 1m30s, not '", Echo(text), "'");
}

void Flags::Duration(const char* group, const std::string& name, absl::Duration* value,
                     const std::string& meaning, const DurationRange& range) {
  Add(group, name, TextOf(*value),
      absl::StrCat(meaning, " (", TextOf(range.low), " to ", TextOf(range.high), ")"), "DURATION",
      [value, range](const std::string& text) { return ReadDuration(text, range, value); });
}

void Flags::Milliseconds(const char* group, const std::string& name, int64_t* value,
                         const std::string& meaning, const DurationRange& range) {
  Add(group, name, TextOf(absl::Milliseconds(*value)),
      absl::StrCat(meaning, " (", TextOf(range.low), " to ", TextOf(range.high), ")"), "DURATION",
      [value, range](const std::string& text) {
        absl::Duration duration;
        std::string problem = ReadDuration(text, range, &duration);
        if (problem.empty()) *value = absl::ToInt64Milliseconds(duration);
        return problem;
      });
}

void Flags::Mode(const char* group, const std::string& name, mode_t* value,
                 const std::string& meaning) {
  constexpr mode_t kMost = 0777;
  Add(group, name, absl::StrFormat("%04o", *value), meaning, "MODE",
      [value](const std::string& text) -> std::string {
        mode_t mode = 0;
        bool octal = !text.empty() && text.size() <= 4;
        for (const char c : text) {
          octal = octal && c >= '0' && c <= '7';
          mode = mode * 8 + static_cast<mode_t>(c - '0');
        }
        if (!octal || mode > kMost) {
          return absl::StrCat("must be octal permissions to 0777, as 0660, not '", Echo(text), "'");
        }
        *value = mode;
        return "";
      });
}

void Flags::File(const char* group, const std::string& name, std::string* value,
                 const std::string& meaning) {
  Add(group, name, "", meaning, "FILE", [value](const std::string& text) -> std::string {
    // Of a configuration file: the command line's and the environment's are looked at before.
    if (text.empty()) return "names a file and is empty; leave it out where there is none";
    *value = text;
    return "";
  });
}

}  // namespace activation
