// What the library that reads command lines says of a flag, in the words of the rest.
#ifndef ACTIVATION_RPC_SAID_OF_FLAG_H_
#define ACTIVATION_RPC_SAID_OF_FLAG_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace activation {

// The option of that name, of `app` or of a command of it that was given; nullptr of none.
inline const CLI::Option* OptionNamed(const CLI::App& app, const std::string& name) {
  const CLI::Option* found = app.get_option_no_throw(name);
  for (const CLI::App* command : app.get_subcommands()) {
    if (found == nullptr) found = command->get_option_no_throw(name);
  }
  return found;
}

// What stands for the option's value in its help, as "off|on", "FILE" or "exact|fast"; "" of a
// flag that needs none.
inline std::string ValueOf(const CLI::Option& option) {
  // "off|on [on]": with the default behind it.
  const std::string& text = option.get_option_text();
  if (!text.empty()) return text.substr(0, text.find(' '));
  // "TEXT:{exact,fast}", or "INT:INT in [1 - 1024]".
  const std::string type = option.get_type_name();
  const size_t choices = type.find(":{");
  if (choices == std::string::npos) return type.substr(0, type.find(':'));
  return absl::StrReplaceAll(type.substr(choices + 2), {{",", "|"}, {"}", ""}});
}

// "--threads: has no value; write --threads=N".
inline std::string HasNoValue(const CLI::App& app, const std::string& flag) {
  const CLI::Option* const option = OptionNamed(app, flag);
  const std::string value = option == nullptr ? "" : ValueOf(*option);
  return absl::StrCat(flag, ": has no value",
                      value.empty() ? "" : absl::StrCat("; write ", flag, "=", value));
}

// What the option takes, of a number or of a flag that needs no value; else "".
inline absl::string_view TakenBy(const CLI::Option* option) {
  if (option == nullptr) return "";
  if (option->get_items_expected_max() == 0) return "true or false";
  // "INT", or "COUNT:INT in [1 - 1024]", with a name of its own and a range.
  std::string type = option->get_type_name();
  const size_t colon = type.find(':');
  if (colon != std::string::npos && absl::StrContains(type, " in [")) type.erase(0, colon + 1);
  if (absl::StartsWith(type, "FLOAT")) return "a number";
  return absl::StartsWith(type, "INT") || absl::StartsWith(type, "UINT") ? "a whole number" : "";
}

// The message of `error`, which parsing `app` threw: the library names the type of a value that is
// missing, and of one that it cannot take does not say what would do.
inline std::string SaidOfFlag(const CLI::Error& error, const CLI::App& app) {
  std::string message = error.what();
  const size_t colon = message.find(": ");
  if (colon == std::string::npos) return message;
  const std::string rest = message.substr(colon + 2);
  if (error.get_name() == "ArgumentMismatch" && absl::EndsWith(message, " missing")) {
    return HasNoValue(app, message.substr(0, colon));
  }
  // "Could not convert: --from = abc".
  if (error.get_name() == "ConversionError" && absl::StartsWith(message, "Could not convert: ")) {
    const size_t equals = rest.find(" = ");
    const std::string flag = rest.substr(0, equals);
    const absl::string_view taken = TakenBy(OptionNamed(app, flag));
    if (equals == std::string::npos || taken.empty()) return message;
    return absl::StrCat(flag, ": must be ", taken, ", not '", rest.substr(equals + 3), "'");
  }
  // "--connections: Value 0 not in range 1 to 1024".
  const std::string value = "Value ";
  const std::string between = " not in range ";
  const size_t range = rest.rfind(between);
  if (error.get_name() != "ValidationError" || !absl::StartsWith(rest, value) ||
      range == std::string::npos) {
    return message;
  }
  const std::string flag = message.substr(0, colon);
  return absl::StrCat(flag, ": must be ", TakenBy(OptionNamed(app, flag)), " from ",
                      rest.substr(range + between.size()), ", not '",
                      rest.substr(value.size(), range - value.size()), "'");
}

}  // namespace activation

#endif  // ACTIVATION_RPC_SAID_OF_FLAG_H_
