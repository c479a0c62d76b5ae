// Calls whose reply is known at once: those of the methods that carry no tensors, in either
// protocol. Their requests arrive as bytes and are parsed only where they are small, since
// protobuf keeps of a message many times its bytes and nothing has admitted them.
// In the way of a request: AnswerFixed, and nothing else.
#ifndef ACTIVATION_SERVER_FIXED_CALL_H_
#define ACTIVATION_SERVER_FIXED_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/reply_watch.h"
#include "server/stopwatch.h"
#include "server/wire/message.h"
#include "server/wire/status.h"
#include "server/work.h"
#include "src/base/errors.h"
#include "src/base/limits.h"
#include "src/base/out_of_memory.h"

namespace activation {

// Reactor is that of the kind of call. gRPC deletes it through OnDone.
template <class Reactor>
class FixedCallOn final : public Reactor {
 public:
  // `answer` returns the call's status, and has set the response where that is OK. `name` is for
  // the log.
  template <class Answer>
  FixedCallOn(const CallEnvironment& environment, grpc::CallbackServerContext* context,
              Method method, absl::string_view name, const Answer& answer)
      : metrics_(environment.metrics), reply_(environment.replies) {
    metrics_.CallStarted(method);
    const absl::Status status = OrOutOfMemory(answer, OutOfMemory);
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

// A call of a method of ours as gRPC hands it over.
struct FixedCall {
  const CallEnvironment& environment;
  grpc::CallbackServerContext* context;
  const grpc::ByteBuffer* request;
  grpc::ByteBuffer* response;
};

// `reply` is given the request as a message and returns the reply as one, or as its bytes, or says
// why there is none. Not called where the request has more than kMaxFixedRequestBytes.
template <class Request, class Reply>
grpc::ServerUnaryReactor* AnswerFixed(const FixedCall& call, Method method, const Reply& reply) {
  const auto answer = [&]() -> absl::Status {
    Request request;
    absl::Status status = wire::Parse(wire::Own(call.request), kMaxFixedRequestBytes, &request);
    if (!status.ok()) return status;
    absl::StatusOr<grpc::ByteBuffer> bytes = wire::Serialized(reply(std::as_const(request)));
    if (!bytes.ok()) return bytes.status();
    *call.response = *std::move(bytes);
    return absl::OkStatus();
  };
  return new FixedCallOn<grpc::ServerUnaryReactor>(call.environment, call.context, method,
                                                   InfoOf(method).name, answer);
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_FIXED_CALL_H_
