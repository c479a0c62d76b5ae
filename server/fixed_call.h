// Calls whose reply is known at once: most of those that carry no tensors, and those of methods
// that nobody has. Answered where they are read.
// In the way of a request: AnswerFixed, and nothing else.
#ifndef ACTIVATION_SERVER_FIXED_CALL_H_
#define ACTIVATION_SERVER_FIXED_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/answered_call.h"
#include "server/methods.h"
#include "server/work.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation {

template <class Reactor>
class FixedCallOn final : public AnsweredCall<Reactor> {
 public:
  // `answer` is given where to keep the reply's room. It returns the call's status, and has set the
  // response where that is OK.
  template <class Answer>
  FixedCallOn(const CallEnvironment& environment, grpc::CallbackServerContext* context,
              Method method, absl::string_view name, const Answer& answer)
      : AnsweredCall<Reactor>(environment, context, method) {
    this->End(name, OrOutOfMemory([&] { return answer(this->room()); }, OutOfMemory));
  }
};

// `reply` is given the request and returns what AnswerWith takes. Not called where the request is
// too large or no message.
template <class Request, class Reply>
grpc::ServerUnaryReactor* AnswerFixed(const FixedCall& call, Method method, const Reply& reply) {
  const auto answer = [&](AdmissionTicket* room) -> absl::Status {
    Request request;
    absl::Status status = ParseFixed(call, &request);
    return status.ok() ? AnswerWith(call, reply(std::as_const(request)), room) : status;
  };
  return new (call.context) FixedCallOn<grpc::ServerUnaryReactor>(
      call.environment, call.context, method, InfoOf(method).name, answer);
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_FIXED_CALL_H_
