// The subcommands. Each Add function declares one on the application; when the
// user chose it, its parse leaves in `context.run` what is to be done.
#ifndef ACTIVATION_CLIENT_CLI_COMMANDS_COMMANDS_H_
#define ACTIVATION_CLIENT_CLI_COMMANDS_COMMANDS_H_

#include <functional>

#include "client/cli/options.h"

namespace CLI {
class App;
}

namespace activation::cli {

struct Context {
  GlobalOptions global;
  // Does the work and returns the exit code.
  std::function<int()> run;
};

void AddForward(CLI::App& app, Context& context);
void AddGradient(CLI::App& app, Context& context);
void AddList(CLI::App& app, Context& context);
void AddDescribe(CLI::App& app, Context& context);
void AddPlot(CLI::App& app, Context& context);
void AddBench(CLI::App& app, Context& context);
void AddCheck(CLI::App& app, Context& context);
void AddCompare(CLI::App& app, Context& context);
void AddDiagnose(CLI::App& app, Context& context);
void AddEcho(CLI::App& app, Context& context);
void AddHealth(CLI::App& app, Context& context);
void AddCompletion(CLI::App& app, Context& context);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_COMMANDS_COMMANDS_H_
