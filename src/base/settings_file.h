// A file of settings, as server and client take it from --config: `name = value` a line, where a
// name alone means true. Comments begin with #, lines of them with ; too. A value between
// quotes is taken as it stands. Nothing here knows what settings there are.
#ifndef ACTIVATION_SRC_BASE_SETTINGS_FILE_H_
#define ACTIVATION_SRC_BASE_SETTINGS_FILE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation {

struct Setting {
  std::string name;
  std::string value;
  int line = 0;
  bool is_name_alone = false;
};

// INVALID_ARGUMENT "line 3: ..." where a line is none of these, or a name stands twice.
absl::StatusOr<std::vector<Setting>> ParseSettings(absl::string_view text);

// Those of a file, of which `text` is what reading it gave. INVALID_ARGUMENT "PATH: ..." where that
// is an error, or no settings.
absl::StatusOr<std::vector<Setting>> SettingsOf(const std::string& path,
                                                const absl::StatusOr<std::string>& text);

// Gives `apply` each setting, of the file at `path`; it returns "" or what is wrong with the value.
// INVALID_ARGUMENT "PATH: ..." with the line where one of `known` is meant and misspelt, or a
// value is wrong.
absl::Status ApplySettings(const std::vector<Setting>& settings, const std::string& path,
                           const std::vector<std::string>& known,
                           const std::function<std::string(const Setting&)>& apply);

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_SETTINGS_FILE_H_
