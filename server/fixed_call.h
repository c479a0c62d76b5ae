// A unary call whose reply is known at once. gRPC deletes it through OnDone.
#ifndef ACTIVATION_SERVER_FIXED_CALL_H_
#define ACTIVATION_SERVER_FIXED_CALL_H_

#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "server/metrics.h"
#include "server/stopwatch.h"
#include "server/wire/status.h"

namespace activation {

class FixedCall final : public grpc::ServerUnaryReactor {
 public:
  // The response is set already where the status is OK.
  FixedCall(Metrics& metrics, Method method, const absl::Status& status) : metrics_(metrics) {
    metrics_.CallStarted(method);
    metrics_.CallHandled(method, status.code(), watch_.Total());
    Finish(wire::ToGrpc(status));
  }

  void OnDone() override {
    metrics_.CallReleased();
    delete this;
  }

 private:
  ~FixedCall() override = default;

  Metrics& metrics_;
  const Stopwatch watch_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_FIXED_CALL_H_
