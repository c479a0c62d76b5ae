#include "server/setting_sources.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "rpc/option_value.h"
#include "rpc/said_of_flag.h"
#include "src/base/words.h"

namespace activation {
namespace {

constexpr char kPrefix[] = "ACTIVATION_";
// Of what activation-client reads in the same container.
constexpr char kClientPrefix[] = "ACTIVATION_CLIENT_";

// The environment's name of a flag.
std::string VariableOf(const std::string& name) {
  return absl::StrCat(kPrefix, absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}})));
}

// The value of a variable, or nullptr.
const std::string* Find(const Environment& environment, const std::string& variable) {
  const auto found = environment.find(variable);
  return found == environment.end() ? nullptr : &found->second;
}

// Without a file that was named the server does less than was asked for, as not to ask for
// tokens: an empty name is never the same as none.
std::string EmptyFile(absl::string_view setting) {
  return absl::StrCat(setting, ": names a file and is empty; leave it out where there is none");
}

// "" where it is OK.
std::string ProblemOf(const absl::Status& status) {
  return status.ok() ? "" : absl::StrCat("--config: ", status.message());
}

// Whether a flag only says what to print.
bool Prints(const std::string& name) { return name == "help" || name == "version"; }

}  // namespace

Environment OwnEnvironment() {
  Environment own;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::pair<std::string, std::string> sides =
        absl::StrSplit(*variable, absl::MaxSplits('=', 1));
    if (absl::StartsWith(sides.first, kPrefix)) own.insert(sides);
  }
  return own;
}

std::vector<std::string> NamesOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_lnames().empty()) names.push_back(option->get_lnames().front());
  }
  return names;
}

// The library would take the next argument for the value of `--x=`.
std::string RefuseEmpty(const CLI::App& app, const Environment& environment,
                        const std::vector<std::string>& args) {
  for (const std::string& name : NamesOf(app)) {
    const std::string flag = "--" + name;
    const bool names_file = app.get_option(flag)->get_option_text() == kFileText;
    const std::string variable = VariableOf(name);
    const std::string* const value = Find(environment, variable);
    if (names_file && value != nullptr && value->empty()) return EmptyFile(variable);
    for (size_t i = 0; i < args.size(); ++i) {
      const bool attached = args[i] == flag + "=";
      const bool empty =
          attached || (args[i] == flag && i + 1 < args.size() && args[i + 1].empty());
      if (empty && names_file) return EmptyFile(flag);
      if (attached && flag != kHttpAddress) return HasNoValue(app, flag);
    }
  }
  return "";
}

std::string RefuseMisspelt(const CLI::App& app, const Environment& environment) {
  std::vector<std::string> known;
  for (const std::string& name : NamesOf(app)) known.push_back(VariableOf(name));
  for (const auto& [variable, value] : environment) {
    if (absl::StartsWith(variable, kClientPrefix)) continue;
    std::string problem = MisspeltVariable(variable, kPrefix, known);
    if (!problem.empty()) return problem;
  }
  return "";
}

std::vector<std::string> FromEnvironment(const CLI::App& app, const Environment& environment) {
  std::vector<std::string> args;
  for (const std::string& name : NamesOf(app)) {
    const std::string* const value = Find(environment, VariableOf(name));
    if (Prints(name) || value == nullptr) continue;
    if (value->empty() && "--" + name != kHttpAddress) continue;
    args.push_back(absl::StrCat("--", name, "=", *value));
  }
  return args;
}

std::string GivenText(const std::string& name, const Environment& environment,
                      const std::vector<std::string>& args) {
  const std::string* const variable = Find(environment, VariableOf(name));
  std::string text = variable == nullptr ? "" : *variable;
  const std::string flag = "--" + name;
  for (size_t i = 0; i < args.size(); ++i) {
    if (absl::StartsWith(args[i], flag + "=")) text = args[i].substr(flag.size() + 1);
    if (args[i] == flag && i + 1 < args.size()) text = args[i + 1];
  }
  return text;
}

std::string SettingsFile::Store(const std::string& path, CLI::App* app) {
  if (path.empty()) return "";
  if (!settings_.has_value()) settings_ = SettingsOf(path, ReadSettingsText(path));
  if (!settings_->ok()) return ProblemOf(settings_->status());
  std::vector<std::string> names = NamesOf(*app);
  const auto is_none = [](const std::string& name) { return Prints(name) || name == "config"; };
  names.erase(std::remove_if(names.begin(), names.end(), is_none), names.end());
  return ProblemOf(ApplySettings(**settings_, path, names, [app](const Setting& setting) {
    return GiveIfAbsent(*app, setting.name, setting.value);
  }));
}

}  // namespace activation
