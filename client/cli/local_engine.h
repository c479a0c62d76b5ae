// The engine that is linked into the tool, for what it does without a server. Thread-safe.
#ifndef ACTIVATION_CLIENT_CLI_LOCAL_ENGINE_H_
#define ACTIVATION_CLIENT_CLI_LOCAL_ENGINE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "activation/types.h"
#include "src/backends/backend.h"

namespace activation::cli {

// A function of this program's catalogue, which may be older or newer than a server's: NOT_FOUND
// says whose it is not in.
absl::StatusOr<FunctionId> FindFunctionHere(absl::string_view name);

// An evaluation in all but dtype and tensors. NOT_FOUND for an unknown function,
// INVALID_ARGUMENT for parameters that it does not have.
absl::StatusOr<Evaluation> EvaluationOf(const client::Activation& activation);

// The same, INVALID_ARGUMENT where it is not a function of one number; `done` is what is done to
// those alone, as "diagnosed".
absl::StatusOr<Evaluation> EvaluationOfOneNumber(const client::Activation& activation,
                                                 absl::string_view done);

// Computes it on the processors of this machine, and waits.
absl::Status RunHere(const Evaluation& evaluation);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_LOCAL_ENGINE_H_
