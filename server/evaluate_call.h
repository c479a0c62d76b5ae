// One Forward or Gradient call.
// In the way of a request: UnaryCall -> wire::Decode -> Work.
#ifndef ACTIVATION_SERVER_EVALUATE_CALL_H_
#define ACTIVATION_SERVER_EVALUATE_CALL_H_

#include "server/unary_call.h"
#include "server/wire/decode.h"

namespace activation {

template <Direction kDirection>
class EvaluateCall final : public UnaryCall {
 public:
  EvaluateCall(CallEnvironment environment, grpc::CallbackServerContext* context,
               grpc::ByteBuffer* request_bytes, grpc::ByteBuffer* response)
      : UnaryCall(environment, kMethod, context, request_bytes, response) {}

 private:
  static constexpr Method kMethod =
      kDirection == Direction::kForward ? Method::kForward : Method::kGradient;

  ~EvaluateCall() override = default;

  absl::Status Lay(Work* work) override {
    const Limits& limits = environment().engine.limits();
    return work->Lay(work->Decoded([work, &limits] {
      return wire::Decode(kDirection, work->request(), limits, &work->regions());
    }));
  }
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_EVALUATE_CALL_H_
