// activation-server: serves activation functions over gRPC until SIGTERM.
#include <iostream>
#include <string>
#include <vector>

#include "server/config.h"
#include "server/lifecycle.h"
#include "server/memory.h"

int main(int argc, char** argv) {
  const activation::CommandLine command_line = activation::ParseCommandLine(
      std::vector<std::string>(argv + 1, argv + argc), activation::OwnEnvironment());
  if (!command_line.error.empty()) return activation::ReportRefusal(command_line);
  std::cout << command_line.output;
  if (!command_line.config.has_value()) return command_line.exit_code;
  activation::KeepFreedMemory();
  return activation::RunUntilSignal(*command_line.config);
}
