// The options every subcommand has, and those that several share.
#ifndef ACTIVATION_CLIENT_CLI_OPTIONS_H_
#define ACTIVATION_CLIENT_CLI_OPTIONS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "activation/client.h"
#include "client/cli/tensor.h"

namespace CLI {
class App;
}

namespace activation::cli {

// How to reach the server, and how to answer.
struct GlobalOptions {
  std::string address = "127.0.0.1:50051";
  std::string deadline = "30s";
  int connections = 2;
  client::TlsOptions tls{};
  std::string token_file;
  bool insecure_token = false;
  bool json = false;
  bool print_grpcurl = false;
  std::string config;

  // What the client library makes of it.
  client::ClientOptions ForClient() const;
};

void AddGlobalOptions(CLI::App& app, GlobalOptions& options);

// Gives --address the value of ACTIVATION_ADDRESS where nothing of the client's own gave it one.
// Returns "" or what is wrong with it.
std::string ApplySharedAddress(CLI::App& app);

// Gives the options that stood neither on the command line nor in the
// environment the values of `options.config` (settings_file.h). Returns "" or what is wrong.
std::string ApplyConfigFile(CLI::App& app, const GlobalOptions& options);

// What is wrong with a flag without the value that it announces, as --address= of a variable that
// is not set, or "": the library would take the next argument for it.
std::string RefuseEmpty(const std::vector<std::string>& arguments, const CLI::App& app);

// What is wrong with a variable of the environment that is to name a file for the client and is
// empty, or is like one of the client's and is none, or would be one with the client's prefix,
// or "".
std::string RefuseVariables(const CLI::App& app);

// The long flags of a command, with their dashes.
std::vector<std::string> FlagsOf(const CLI::App& command);

// Which function, and how.
struct ActivationOptions {
  std::string function;
  std::vector<std::string> parameters;  // "slope=0.2"
  std::string tier = "exact";

  client::Activation ForClient() const;
};

// --param and --tier.
void AddHowOptions(CLI::App& command, ActivationOptions& options);
// --function, --param and --tier.
void AddActivationOptions(CLI::App& command, ActivationOptions& options);

// A check for CLI11: "" where a text is a number in [low, high], which nan is not though
// CLI11's own Range lets it pass.
std::function<std::string(const std::string&)> NumberFrom(double low, double high);

// A check for CLI11: "" where a text is an address that can be listened at.
std::string CheckListen(const std::string& text);

// --dtype; absent stays "".
void AddDTypeOption(CLI::App& command, std::string& dtype, const std::string& meaning);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_OPTIONS_H_
