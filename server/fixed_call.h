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

// What calls without tensors have in common: they are counted, and end once with a status. Reactor
// is that of the kind of call. gRPC deletes it through OnDone.
template <class Reactor>
class AnsweredCall : public Reactor {
 public:
  void OnDone() override {
    metrics_.CallReleased();
    delete this;
  }

 protected:
  AnsweredCall(const CallEnvironment& environment, grpc::CallbackServerContext* context,
               Method method)
      : metrics_(environment.metrics),
        context_(context),
        method_(method),
        reply_(environment.replies) {
    metrics_.CallStarted(method);
  }
  ~AnsweredCall() override = default;

  // The response is set where `status` is OK. `name` is for the log. It may be gone afterwards.
  void End(absl::string_view name, const absl::Status& status) {
    metrics_.CallHandled(method_, status.code(), watch_.Total());
    if (!status.ok()) LogFailedCall(name, status, *context_);
    wire::AddPushback(status, context_);
    reply_.Given(context_->c_call());
    this->Finish(wire::ToGrpc(status));
  }

 private:
  Metrics& metrics_;
  grpc::CallbackServerContext* const context_;
  const Method method_;
  const Stopwatch watch_;
  ReplyWatch::Reply reply_;
};

template <class Reactor>
class FixedCallOn final : public AnsweredCall<Reactor> {
 public:
  // `answer` returns the call's status, and has set the response where that is OK.
  template <class Answer>
  FixedCallOn(const CallEnvironment& environment, grpc::CallbackServerContext* context,
              Method method, absl::string_view name, const Answer& answer)
      : AnsweredCall<Reactor>(environment, context, method) {
    this->End(name, OrOutOfMemory(answer, OutOfMemory));
  }
};

// A call of a method of ours as gRPC hands it over.
struct FixedCall {
  const CallEnvironment& environment;
  grpc::CallbackServerContext* context;
  const grpc::ByteBuffer* request;
  grpc::ByteBuffer* response;
};

// The request as a message. Not parsed where it has more than kMaxFixedRequestBytes.
template <class Request>
absl::Status ParseFixed(const FixedCall& call, Request* request) {
  return wire::Parse(wire::Own(call.request), kMaxFixedRequestBytes, request);
}

// The status of a call whose reply is `reply`: a message, or its bytes, or why there is none.
template <class Reply>
absl::Status AnswerWith(const FixedCall& call, Reply reply) {
  absl::StatusOr<grpc::ByteBuffer> bytes = wire::Serialized(std::move(reply));
  if (!bytes.ok()) return bytes.status();
  *call.response = *std::move(bytes);
  return absl::OkStatus();
}

// `reply` is given the request and returns what AnswerWith takes. Not called where the request is
// too large or no message.
template <class Request, class Reply>
grpc::ServerUnaryReactor* AnswerFixed(const FixedCall& call, Method method, const Reply& reply) {
  const auto answer = [&]() -> absl::Status {
    Request request;
    absl::Status status = ParseFixed(call, &request);
    return status.ok() ? AnswerWith(call, reply(std::as_const(request))) : status;
  };
  return new FixedCallOn<grpc::ServerUnaryReactor>(call.environment, call.context, method,
                                                   InfoOf(method).name, answer);
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_FIXED_CALL_H_
