#include <CLI/CLI.hpp>
#include <memory>

#include "client/cli/commands/commands.h"
#include "client/cli/commands/tensor_command.h"

namespace activation::cli {

void AddGradient(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("gradient", "Evaluate dx = dy * f'(x)");
  command->footer(
      "  activation-client gradient --function=gelu -1,0,0.5\n"
      "  activation-client gradient --function=gelu x.npy --dy dy.npy -o dx.npy\n"
      "  activation-client gradient -f swish -p beta=1.5 --parameter-gradients x.npy -o dx.npy");
  auto options = std::make_shared<TensorCommand>();
  options->gradient = true;
  AddTensorOptions(*command, *options);
  command->add_option("--dy", options->dy,
                      "The gradient from above, of the shape of y, given as x is; all ones\n"
                      "when absent");
  command->add_flag("--parameter-gradients", options->parameter_gradients,
                    "Print also the gradient by each differentiable parameter and by each\n"
                    "weight, summed over x");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunTensorCommand(*options, context.global); };
  });
}

}  // namespace activation::cli
