// Calls whose reply needs no tensors and yet takes a while, as those that map shared memory: they
// are read where all calls are, and answered by the thread of errands.
// In the way of a request: AnswerLater, and nothing else.
#ifndef ACTIVATION_SERVER_SLOW_CALL_H_
#define ACTIVATION_SERVER_SLOW_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/answered_call.h"
#include "server/errands.h"
#include "server/methods.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation {

// What a call that waits is for.
enum class Purpose {
  // Regions that somebody has to end: given up in a drain, and where the client has stopped
  // waiting, who would not know what there is to end.
  kMaking,
  // Done in any case.
  kEnding,
};

// Reply is as AnswerLater takes it. gRPC deletes it through OnDone.
template <class Request, class Reply>
class SlowCall final : public AnsweredCall<grpc::ServerUnaryReactor> {
 public:
  SlowCall(const FixedCall& call, Method method, Purpose purpose, Reply reply)
      : AnsweredCall(call.environment, call.context, method),
        call_(call),
        name_(InfoOf(method).name),
        purpose_(purpose),
        make_reply_(std::move(reply)) {}

  // The call may have been answered when this returns, and yet it is there: gRPC learns of it from
  // the handler, and until then only notes that it has ended.
  void Start() {
    const absl::Status status = OrOutOfMemory(
        [this]() -> absl::Status {
          absl::Status wanted = Wanted();
          if (!wanted.ok()) return wanted;
          absl::Status parsed = ParseFixed(call_, &request_);
          if (!parsed.ok()) return parsed;
          // Of what protobuf keeps many times the bytes; the request may wait for long.
          request_.DiscardUnknownFields();
          return call_.environment.errands.Give([this] { Answer(); });
        },
        OutOfMemory);
    if (!status.ok()) End(name_, status);
  }

  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }

 private:
  // OnCancel() and OnDone() take no time, so they may run where gRPC is.
  bool InternalInlineable() override { return true; }

  absl::Status Wanted() const {
    if (purpose_ == Purpose::kEnding) return absl::OkStatus();
    if (call_.environment.closed) return Draining();
    // The context may not be asked: the handler's thread may be about to tell gRPC of this call.
    return cancelled_.load(std::memory_order_relaxed) ? CallCancelled() : absl::OkStatus();
  }

  void Answer() {
    End(name_, OrOutOfMemory(
                   [this]() -> absl::Status {
                     absl::Status wanted = Wanted();
                     if (!wanted.ok()) return wanted;
                     return AnswerWith(call_, make_reply_(std::as_const(request_)), room());
                   },
                   OutOfMemory));
  }

  const FixedCall call_;
  const absl::string_view name_;
  const Purpose purpose_;
  const Reply make_reply_;
  std::atomic<bool> cancelled_{false};
  Request request_;
};

// As AnswerFixed, but that `reply` is called by the thread of errands, and must hold by value what
// it needs. RESOURCE_EXHAUSTED where too many wait for that.
template <class Request, class Reply>
grpc::ServerUnaryReactor* AnswerLater(const FixedCall& call, Method method, Purpose purpose,
                                      Reply reply) {
  auto* const answered =
      new (call.context) SlowCall<Request, Reply>(call, method, purpose, std::move(reply));
  answered->Start();
  return answered;
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_SLOW_CALL_H_
