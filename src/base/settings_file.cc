#include "src/base/settings_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/base/words.h"

namespace activation {
namespace {

absl::Status BadLine(int line, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", problem));
}

absl::Status ProblemOf(const std::string& path, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", problem));
}

// The text without what a comment says about it, and without quotes; nothing where a quote is
// not closed, or has more than a comment behind it.
absl::StatusOr<std::string> Unquoted(absl::string_view text) {
  const bool quoted = !text.empty() && (text.front() == '"' || text.front() == '\'');
  if (!quoted) return std::string(absl::StripAsciiWhitespace(text.substr(0, text.find('#'))));
  const size_t end = text.find(text.front(), 1);
  if (end == absl::string_view::npos) return absl::InvalidArgumentError("a quote is not closed");
  const absl::string_view rest = absl::StripLeadingAsciiWhitespace(text.substr(end + 1));
  if (!rest.empty() && rest.front() != '#') {
    return absl::InvalidArgumentError("there is more after the closing quote");
  }
  return std::string(text.substr(1, end - 1));
}

absl::StatusOr<Setting> ParseLine(absl::string_view text, int line) {
  const size_t equals = text.find('=');
  const bool alone = equals == absl::string_view::npos;
  const auto name = Unquoted(absl::StripAsciiWhitespace(text.substr(0, equals)));
  if (!name.ok()) return BadLine(line, name.status().message());
  if (name->empty()) return BadLine(line, "there is no name before the =");
  if (alone) return Setting{*name, "true", line, true};
  const auto value = Unquoted(absl::StripAsciiWhitespace(text.substr(equals + 1)));
  if (!value.ok()) {
    return BadLine(line, absl::StrCat(Echo(*name), ": ", value.status().message()));
  }
  return Setting{*name, *value, line};
}

}  // namespace

absl::StatusOr<std::vector<Setting>> ParseSettings(absl::string_view text) {
  std::vector<Setting> settings;
  std::map<std::string, int> lines;  // by name
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') return BadLine(number, "settings have no sections");
    auto setting = ParseLine(line, number);
    if (!setting.ok()) return setting.status();
    const auto [first, is_new] = lines.emplace(setting->name, number);
    if (!is_new) {
      return BadLine(
          number, absl::StrCat(Echo(setting->name), " is there already, on line ", first->second));
    }
    settings.push_back(*std::move(setting));
  }
  return settings;
}

absl::StatusOr<std::vector<Setting>> SettingsOf(const std::string& path,
                                                const absl::StatusOr<std::string>& text) {
  if (!text.ok()) return ProblemOf(path, text.status().message());
  auto settings = ParseSettings(*text);
  if (!settings.ok()) return ProblemOf(path, settings.status().message());
  return settings;
}

absl::Status ApplySettings(const std::vector<Setting>& settings, const std::string& path,
                           const std::vector<std::string>& known,
                           const std::function<std::string(const Setting&)>& apply) {
  for (const Setting& setting : settings) {
    std::string problem;
    if (std::find(known.begin(), known.end(), setting.name) == known.end()) {
      problem = absl::StrCat("there is no setting '", Echo(setting.name), "'",
                             DidYouMean(Nearest(setting.name, known)));
    } else {
      problem = apply(setting);
      // Of a "true" that nobody wrote nothing is said.
      if (!problem.empty() && setting.is_name_alone) {
        problem = absl::StrCat(setting.name, " has no value");
      }
    }
    if (!problem.empty()) return ProblemOf(path, BadLine(setting.line, problem).message());
  }
  return absl::OkStatus();
}

}  // namespace activation
