// What `forward` and `gradient` have in common: options for reading and writing
// tensors, and the run from one to the other.
#ifndef ACTIVATION_CLIENT_CLI_COMMANDS_TENSOR_COMMAND_H_
#define ACTIVATION_CLIENT_CLI_COMMANDS_TENSOR_COMMAND_H_

#include <string>

#include "client/cli/options.h"

namespace CLI {
class App;
}

namespace activation::cli {

struct TensorCommand {
  ActivationOptions activation;
  std::string x;
  std::string dtype;
  std::string shape;
  bool has_shape = false;
  std::string weight;  // "": none
  std::string output;
  std::string format = "auto";
  // `gradient` only.
  bool gradient = false;
  std::string dy;  // "": all ones
  bool parameter_gradients = false;
};

// Declares the options; `options` must live as long as `command`.
void AddTensorOptions(CLI::App& command, TensorCommand& options);

// Reads, computes, writes. Returns the exit code.
int RunTensorCommand(const TensorCommand& options, const GlobalOptions& global);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_COMMANDS_TENSOR_COMMAND_H_
