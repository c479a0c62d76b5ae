// An option of a command line that takes a value from elsewhere, as from the file that --config
// names.
#ifndef ACTIVATION_RPC_OPTION_VALUE_H_
#define ACTIVATION_RPC_OPTION_VALUE_H_

#include <CLI/CLI.hpp>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "rpc/said_of_flag.h"
#include "rpc/small_file.h"

namespace activation {

// Gives the option --`name` of `app` the value, unless it has one. Returns "" or what is wrong with
// it.
inline std::string GiveIfAbsent(CLI::App& app, const std::string& name, const std::string& value) {
  CLI::Option* const option = app.get_option("--" + name);
  if (option->count() > 0) return "";
  try {
    option->add_result(value);
    option->run_callback();
  } catch (const CLI::Error& error) {
    return SaidOfFlag(error, app);
  }
  return "";
}

// What the file that --config names holds (settings_file.h). A program may write it, and take its
// time.
inline absl::StatusOr<std::string> ReadSettingsText(const std::string& path) {
  absl::StatusOr<SmallFile> file = ReadSmallFile(path, Writers::kNotAll, absl::InfiniteDuration());
  if (!file.ok()) return file.status();
  return std::move(file->text);
}

}  // namespace activation

#endif  // ACTIVATION_RPC_OPTION_VALUE_H_
