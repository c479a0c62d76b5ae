// activation-client as a function: parses the command line, runs the
// subcommand, returns the exit code (exit_codes.h).
#ifndef ACTIVATION_CLIENT_CLI_APP_H_
#define ACTIVATION_CLIENT_CLI_APP_H_

namespace activation::cli {

int Main(int argc, char** argv);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_APP_H_
