#include "client/cli/bench/protocol.h"

#include "client/cli/bench/infer_messages.h"
#include "client/cli/bench/own_messages.h"

namespace activation::cli {

absl::Status CheckCarries(const Protocol& protocol, const WorkloadCase& a_case) {
  if (a_case.items() == 1) return absl::OkStatus();
  if (protocol.api == Api::kInfer) {
    return absl::InvalidArgumentError("items: the Open Inference Protocol carries one a call");
  }
  if (protocol.stream) return absl::InvalidArgumentError("items: a stream carries one a message");
  return absl::OkStatus();
}

const char* MethodOf(const Protocol& protocol, const WorkloadCase& a_case) {
  if (protocol.api == Api::kInfer) {
    return protocol.stream ? "/inference.GRPCInferenceService/ModelStreamInfer"
                           : "/inference.GRPCInferenceService/ModelInfer";
  }
  if (protocol.stream) return "/activation.v1.ActivationService/Stream";
  return a_case.options().gradient ? "/activation.v1.ActivationService/Gradient"
                                   : "/activation.v1.ActivationService/Forward";
}

std::string RequestBytes(const Protocol& protocol, const WorkloadCase& a_case, size_t variant,
                         const RegionPlaces* places) {
  if (protocol.api == Api::kInfer) return InferRequest(a_case, variant, places);
  return protocol.stream ? OwnStreamRequest(a_case, variant, places)
                         : OwnRequest(a_case, variant, places);
}

absl::StatusOr<bool> IsRight(const Protocol& protocol, const WorkloadCase& a_case, size_t variant,
                             absl::string_view reply, const RegionPlaces* places) {
  const ExpectedReply expected{a_case, variant, places};
  if (protocol.api == Api::kInfer) {
    return protocol.stream ? IsInferStreamReply(expected, reply) : IsInferReply(expected, reply);
  }
  return protocol.stream ? IsOwnStreamReply(expected, reply) : IsOwnReply(expected, reply);
}

}  // namespace activation::cli
