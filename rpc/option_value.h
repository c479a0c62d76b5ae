// An option of a command line that takes a value from elsewhere, as from the file that --config
// names.
#ifndef ACTIVATION_RPC_OPTION_VALUE_H_
#define ACTIVATION_RPC_OPTION_VALUE_H_

#include <CLI/CLI.hpp>
#include <string>

#include "rpc/said_of_flag.h"

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

}  // namespace activation

#endif  // ACTIVATION_RPC_OPTION_VALUE_H_
