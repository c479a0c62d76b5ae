// Calls of a workload as messages of activation.v1.ActivationService. Pure functions;
// protocol.h says what they promise.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_OWN_MESSAGES_H_
#define ACTIVATION_CLIENT_CLI_BENCH_OWN_MESSAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/bench/expected_reply.h"

namespace activation::cli {

// A ForwardRequest or GradientRequest.
std::string OwnRequest(const WorkloadCase& a_case, size_t variant, const RegionPlaces* places);
// A StreamRequest with id 0, which all items may share as replies keep their order.
std::string OwnStreamRequest(const WorkloadCase& a_case, size_t variant,
                             const RegionPlaces* places);

absl::StatusOr<bool> IsOwnReply(const ExpectedReply& expected, absl::string_view reply);
absl::StatusOr<bool> IsOwnStreamReply(const ExpectedReply& expected, absl::string_view reply);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_OWN_MESSAGES_H_
