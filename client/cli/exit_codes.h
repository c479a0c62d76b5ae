// What activation-client's exit code says.
#ifndef ACTIVATION_CLIENT_CLI_EXIT_CODES_H_
#define ACTIVATION_CLIENT_CLI_EXIT_CODES_H_

#include "absl/status/status.h"

namespace activation::cli {

inline constexpr int kExitOk = 0;
// The command line is wrong, or what it names to connect with: a certificate, a key, a token.
inline constexpr int kExitUsage = 2;
// A file or an inline number cannot be read, there is no memory for it, or a result cannot be
// written.
inline constexpr int kExitInput = 3;
// Plus the gRPC status code of the failed call: 78 is UNAVAILABLE (14).
inline constexpr int kExitService = 64;
// The service returned numbers that are not the expected ones.
inline constexpr int kExitWrongNumbers = 98;
// A condition of --fail-if was met, or cannot be ruled out; no rate meets --slo; no call was due in
// the time that was measured.
inline constexpr int kExitThreshold = 99;

// The exit code for a call that ended with `code`.
constexpr int ExitCodeOf(absl::StatusCode code) {
  return code == absl::StatusCode::kOk ? kExitOk : kExitService + static_cast<int>(code);
}

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_EXIT_CODES_H_
