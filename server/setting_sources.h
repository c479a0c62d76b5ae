// Where settings come from beside the command line: the environment and the file that --config
// names. Pure apart from reading that file.
#ifndef ACTIVATION_SERVER_SETTING_SOURCES_H_
#define ACTIVATION_SERVER_SETTING_SOURCES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config.h"
#include "src/base/settings_file.h"

namespace CLI {
class App;
}

namespace activation {

// Stands in --help for the value of flags that name a file.
inline constexpr char kFileText[] = "FILE";
// The one flag that may be empty: then nothing is served over HTTP.
inline constexpr char kHttpAddress[] = "--http-address";

// The names of all flags, without dashes.
std::vector<std::string> NamesOf(const CLI::App& app);

// What is wrong with values that are there and empty, or "".
std::string RefuseEmpty(const CLI::App& app, const Environment& environment,
                        const std::vector<std::string>& args);

// What is wrong with a variable that is like a flag's and is none (words.h), or "": the server
// would do without what it was meant to say.
std::string RefuseMisspelt(const CLI::App& app, const Environment& environment);

// "--drain-delay=5s" for each ACTIVATION_DRAIN_DELAY=5s; put before the real
// arguments, so that a flag given there comes last and wins.
std::vector<std::string> FromEnvironment(const CLI::App& app, const Environment& environment);

// What command line or environment say of a flag, by its name, before either is taken apart; empty
// where they say nothing.
std::string GivenText(const std::string& name, const Environment& environment,
                      const std::vector<std::string>& args);

// The file that --config names. Thread-compatible.
class SettingsFile {
 public:
  // Stores its settings that were given in no other way. Returns "" or what is wrong, with the
  // line. It is read once: a pipe says nothing a second time. `path`, which is "" where there is
  // none, is the same each time.
  std::string Store(const std::string& path, CLI::App* app);

 private:
  std::optional<absl::StatusOr<std::vector<Setting>>> settings_;  // once it was read
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_SETTING_SOURCES_H_
