// Calls whose reply needs no tensors and yet takes a while, as those that map shared memory: they
// are read where all calls are, and answered by the thread of errands.
// In the way of a request: AnswerLater, and nothing else.
#ifndef ACTIVATION_SERVER_SLOW_CALL_H_
#define ACTIVATION_SERVER_SLOW_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/answered_call.h"
#include "server/errands.h"
#include "server/methods.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation {

// Reply is as AnswerLater takes it. gRPC deletes it through OnDone.
template <class Request, class Reply>
class SlowCall final : public AnsweredCall<grpc::ServerUnaryReactor> {
 public:
  SlowCall(const FixedCall& call, Method method, Reply reply)
      : AnsweredCall(call.environment, call.context, method),
        call_(call),
        name_(InfoOf(method).name),
        make_reply_(std::move(reply)) {}

  // May be gone when it returns.
  void Start() {
    const absl::Status status = OrOutOfMemory(
        [this]() -> absl::Status {
          absl::Status parsed = ParseFixed(call_, &request_);
          if (!parsed.ok()) return parsed;
          // Of what protobuf keeps many times the bytes; the request may wait for long.
          request_.DiscardUnknownFields();
          return call_.environment.errands.Give([this] { Answer(); });
        },
        OutOfMemory);
    if (!status.ok()) End(name_, status);
  }

 private:
  void Answer() {
    End(name_, OrOutOfMemory(
                   [this]() -> absl::Status {
                     // What nobody waits for any more nobody would end either.
                     if (call_.context->IsCancelled()) return CallCancelled();
                     return AnswerWith(call_, make_reply_(std::as_const(request_)));
                   },
                   OutOfMemory));
  }

  const FixedCall call_;
  const absl::string_view name_;
  const Reply make_reply_;
  Request request_;
};

// As AnswerFixed, but that `reply` is called by the thread of errands, and must hold by value what
// it needs. RESOURCE_EXHAUSTED where too many wait for that.
template <class Request, class Reply>
grpc::ServerUnaryReactor* AnswerLater(const FixedCall& call, Method method, Reply reply) {
  auto* const answered = new SlowCall<Request, Reply>(call, method, std::move(reply));
  answered->Start();
  return answered;
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_SLOW_CALL_H_
