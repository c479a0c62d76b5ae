#include <CLI/CLI.hpp>
#include <memory>

#include "client/cli/commands/commands.h"
#include "client/cli/commands/tensor_command.h"

namespace activation::cli {

void AddForward(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("forward", "Evaluate y = f(x)");
  command->footer(
      "  activation-client forward --function=gelu -1,0,0.5\n"
      "  activation-client forward --function=gelu x.npy -o y.npy\n"
      "  activation-client forward -f leaky_relu -p slope=0.2 --json 1,-1\n"
      "  activation-client forward -f silu --dtype=bf16 x.raw -o y.raw\n"
      "  activation-client forward -f softmax -p axis=0 --shape=2,2 1,2,3,4\n"
      "  activation-client forward -f swiglu x.npy -o y.npy     half as many columns\n"
      "  activation-client forward -f prelu --weight=0.25 -- -1,2\n"
      "  cat x.npy | activation-client forward -f tanh - -o - > y.npy");
  auto options = std::make_shared<TensorCommand>();
  AddTensorOptions(*command, *options);
  command->callback([options, &context] {
    context.run = [options, &context] { return RunTensorCommand(*options, context.global); };
  });
}

}  // namespace activation::cli
