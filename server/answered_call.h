// What calls that carry no tensors have in common, in either protocol. Their requests arrive as
// bytes and are parsed only where they are small, since protobuf keeps of a message many times its
// bytes and nothing has admitted them. Their replies are admitted where they are not small, since a
// client may leave each untaken for as long as --reply-timeout. Thread-compatible.
// In the way of a request: FixedCall -> ParseFixed -> AnswerWith -> AnsweredCall::End.
#ifndef ACTIVATION_SERVER_ANSWERED_CALL_H_
#define ACTIVATION_SERVER_ANSWERED_CALL_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/call_arena.h"
#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/reply_watch.h"
#include "server/stopwatch.h"
#include "server/wire/message.h"
#include "server/wire/status.h"
#include "server/work.h"
#include "src/base/errors.h"
#include "src/base/limits.h"
#include "src/engine/engine.h"

namespace activation {

// They are counted, and end once with a status. Reactor is that of the kind of call. gRPC deletes
// it through OnDone.
template <class Reactor>
class AnsweredCall : public Reactor, public InCallArena {
 public:
  // Who sees that it is released sees its reply's room free.
  void OnDone() override {
    Metrics& metrics = metrics_;
    delete this;
    metrics.CallReleased();
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

  // Where AnswerWith keeps the reply's room until gRPC is done with the call.
  AdmissionTicket* room() { return &room_; }

  // The response is set where `status` is OK. `name` is for the log. It may be gone afterwards.
  void End(absl::string_view name, const absl::Status& status) {
    // However long the client takes to take an error, there is no reply.
    if (!status.ok()) room_ = AdmissionTicket();
    grpc::Status told = wire::OrCodeAlone(status, [&] { return Tell(name, status); });
    reply_.Given(context_->c_call());
    this->Finish(std::move(told));
  }

 private:
  // To all but the client, who is told what is returned.
  grpc::Status Tell(absl::string_view name, const absl::Status& status) {
    metrics_.CallHandled(method_, status.code(), watch_.Total());
    metrics_.Rejected(status);
    return EndOf(name, status, context_);
  }

  Metrics& metrics_;
  grpc::CallbackServerContext* const context_;
  const Method method_;
  const Stopwatch watch_;
  AdmissionTicket room_;
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

// Room for a reply of so many bytes in `room`, or as Engine::Admit. Only who asks about all, by no
// `name`, is ever told that it is more than there is room for at all.
inline absl::Status AdmitReply(const CallEnvironment& environment, size_t bytes,
                               AdmissionTicket* room) {
  if (bytes <= kMaxUnadmittedReplyBytes) return absl::OkStatus();
  absl::StatusOr<AdmissionTicket> taken = environment.engine.Admit(bytes);
  if (taken.ok()) {
    *room = *std::move(taken);
    return absl::OkStatus();
  }
  if (FieldOf(taken.status()).empty()) return taken.status();
  return Renamed(environment.metrics.Counted(taken.status()), "name");
}

// The status of a call whose reply is `reply`: a message, or why there is none, or bytes that all
// such calls share. A message is admitted before there are bytes of it, and until then one at a
// time of a thread that answers.
inline absl::Status AnswerWith(const FixedCall& call, const google::protobuf::MessageLite& reply,
                               AdmissionTicket* room) {
  absl::Status admitted = AdmitReply(call.environment, reply.ByteSizeLong(), room);
  if (admitted.ok()) *call.response = wire::Serialize(reply);
  return admitted;
}
template <class Message>
absl::Status AnswerWith(const FixedCall& call, const absl::StatusOr<Message>& reply,
                        AdmissionTicket* room) {
  return reply.ok() ? AnswerWith(call, *reply, room) : reply.status();
}
inline absl::Status AnswerWith(const FixedCall& call, const grpc::ByteBuffer& shared,
                               AdmissionTicket* /*room*/) {
  *call.response = shared;
  return absl::OkStatus();
}

}  // namespace activation

#endif  // ACTIVATION_SERVER_ANSWERED_CALL_H_
