#include "client/cli/commands/find_function.h"

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace activation::cli {

absl::StatusOr<client::FunctionInfo> FindFunction(const client::Client& client,
                                                  const std::string& name) {
  const auto functions = client.ListFunctions();
  if (!functions.ok()) return functions.status();
  for (const auto& function : *functions) {
    if (function.name == name) return function;
  }
  // One number through the unknown function makes the server say what is near.
  float number = 0;
  const absl::Status status =
      client.Forward({.function = name, .parameters = {}}, absl::MakeConstSpan(&number, 1),
                     absl::MakeSpan(&number, 1));
  if (!status.ok()) return status;
  return absl::NotFoundError(absl::StrCat("no function named '", name, "'"));
}

}  // namespace activation::cli
