// A call whose reply is known at once. gRPC deletes it through OnDone.
#ifndef ACTIVATION_SERVER_FIXED_CALL_H_
#define ACTIVATION_SERVER_FIXED_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/reply_watch.h"
#include "server/stopwatch.h"
#include "server/wire/status.h"
#include "server/work.h"

namespace activation {

// Reactor is that of the kind of call.
template <class Reactor>
class FixedCallOn final : public Reactor {
 public:
  // The response is set already where the status is OK. `name` is for the log.
  FixedCallOn(const CallEnvironment& environment, grpc::CallbackServerContext* context,
              Method method, absl::string_view name, const absl::Status& status)
      : metrics_(environment.metrics), reply_(environment.replies) {
    metrics_.CallStarted(method);
    metrics_.CallHandled(method, status.code(), watch_.Total());
    if (!status.ok()) LogFailedCall(name, status, *context);
    reply_.Given(context->c_call());
    this->Finish(wire::ToGrpc(status));
  }

  void OnDone() override {
    metrics_.CallReleased();
    delete this;
  }

 private:
  ~FixedCallOn() override = default;

  Metrics& metrics_;
  const Stopwatch watch_;
  ReplyWatch::Reply reply_;
};

// Of a method of ours.
inline grpc::ServerUnaryReactor* NewFixedCall(const CallEnvironment& environment,
                                              grpc::CallbackServerContext* context, Method method,
                                              const absl::Status& status) {
  return new FixedCallOn<grpc::ServerUnaryReactor>(environment, context, method, MethodName(method),
                                                   status);
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_FIXED_CALL_H_
