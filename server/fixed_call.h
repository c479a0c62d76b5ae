// A unary call whose reply is known at once. gRPC deletes it through OnDone.
#ifndef ACTIVATION_SERVER_FIXED_CALL_H_
#define ACTIVATION_SERVER_FIXED_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/reply_watch.h"
#include "server/stopwatch.h"
#include "server/wire/status.h"
#include "server/work.h"

namespace activation {

class FixedCall final : public grpc::ServerUnaryReactor {
 public:
  // The response is set already where the status is OK.
  FixedCall(const CallEnvironment& environment, grpc::CallbackServerContext* context, Method method,
            const absl::Status& status)
      : metrics_(environment.metrics), reply_(environment.replies) {
    metrics_.CallStarted(method);
    metrics_.CallHandled(method, status.code(), watch_.Total());
    if (!status.ok()) LogFailedCall(method, status, *context);
    reply_.Given(context->c_call());
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
  ReplyWatch::Reply reply_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_FIXED_CALL_H_
