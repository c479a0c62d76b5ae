// Calls of a workload as messages of the Open Inference Protocol. Pure functions;
// protocol.h says what they promise.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_INFER_MESSAGES_H_
#define ACTIVATION_CLIENT_CLI_BENCH_INFER_MESSAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/bench/expected_reply.h"

namespace activation::cli {

// A ModelInferRequest, for unary calls and streams alike.
std::string InferRequest(const WorkloadCase& a_case, size_t variant, const RegionPlaces* places);

absl::StatusOr<bool> IsInferReply(const ExpectedReply& expected, absl::string_view reply);
absl::StatusOr<bool> IsInferStreamReply(const ExpectedReply& expected, absl::string_view reply);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_INFER_MESSAGES_H_
