// Figures of a function: of a distribution or a tensor by the engine that is linked in, or of
// a tensor by a server. Thread-safe.
#ifndef ACTIVATION_CLIENT_CLI_DIAGNOSE_DIAGNOSE_H_
#define ACTIVATION_CLIENT_CLI_DIAGNOSE_DIAGNOSE_H_

#include "absl/status/statusor.h"
#include "activation/client.h"
#include "client/cli/diagnose/diagnosis.h"

namespace activation::cli::diagnose {

// NOT_FOUND for an unknown function, INVALID_ARGUMENT for parameters that it does not have,
// UNIMPLEMENTED where it is not a function of one number.
absl::StatusOr<FunctionFigures> DiagnoseHere(const client::Activation& activation,
                                             const Subject& subject);

// The same by the statistics of a server, which must know the function; `subject` has a tensor.
// All of it takes options.deadline at most, but for a tensor of many chunks, of whose function
// the server is asked first (StreamOptions::chunk_bytes).
absl::StatusOr<FunctionFigures> DiagnoseThere(const client::ClientOptions& options,
                                              const client::Activation& activation,
                                              const Subject& subject);

}  // namespace activation::cli::diagnose

#endif  // ACTIVATION_CLIENT_CLI_DIAGNOSE_DIAGNOSE_H_
