// What calls that carry no tensors have in common, in either protocol. Their requests arrive as
// bytes and are parsed only where they are small, since protobuf keeps of a message many times its
// bytes and nothing has admitted them. Thread-compatible.
// In the way of a request: FixedCall -> ParseFixed -> AnswerWith -> AnsweredCall::End.
#ifndef ACTIVATION_SERVER_ANSWERED_CALL_H_
#define ACTIVATION_SERVER_ANSWERED_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

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
#include "src/base/limits.h"

namespace activation {

// They are counted, and end once with a status. Reactor is that of the kind of call. gRPC deletes
// it through OnDone.
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
    grpc::Status told = wire::OrCodeAlone(status, [&] { return Tell(name, status); });
    reply_.Given(context_->c_call());
    this->Finish(std::move(told));
  }

 private:
  // To all but the client, who is told what is returned.
  grpc::Status Tell(absl::string_view name, const absl::Status& status) {
    metrics_.CallHandled(method_, status.code(), watch_.Total());
    metrics_.Rejected(status);
    if (!status.ok()) LogFailedCall(name, status, *context_);
    wire::AddPushback(status, context_);
    return wire::ToGrpc(status);
  }

  Metrics& metrics_;
  grpc::CallbackServerContext* const context_;
  const Method method_;
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

}  // namespace activation

#endif  // ACTIVATION_SERVER_ANSWERED_CALL_H_
