// A unary call that is evaluated, from its bytes to its reply: the reactor that owns
// everything living as long as the call. gRPC ends it through OnDone. What a
// protocol adds is how bytes become evaluations and what their reply looks like.
// In the way of a request: it is the way; see Run().
#ifndef ACTIVATION_SERVER_UNARY_CALL_H_
#define ACTIVATION_SERVER_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "server/call_arena.h"
#include "server/departure.h"
#include "server/metrics.h"
#include "server/work.h"

namespace activation {

class UnaryCall : public grpc::ServerUnaryReactor, public InCallArena {
 public:
  UnaryCall(CallEnvironment environment, Method method, grpc::CallbackServerContext* context,
            grpc::ByteBuffer* request_bytes, grpc::ByteBuffer* response);

  // Ends with Finish(), perhaps on another thread.
  void Run();

  void OnCancel() override {
    departure_.Note(DeadlineOf(*context_) - absl::Now(), work_.Elapsed());
  }
  void OnDone() override;

 protected:
  ~UnaryCall() override = default;

  const CallEnvironment& environment() const { return environment_; }

  // Decodes the work's request and lays out its reply.
  virtual absl::Status Lay(Work* work) = 0;
  // An error as its protocol says it.
  virtual absl::Status AsProtocolSays(const absl::Status& status) const { return status; }
  // What became of the work, before it is sent.
  virtual void Ended(const Work& /*work*/, const absl::Status& /*status*/) {}

 private:
  // OnDone() and OnCancel() take next to no time, so they may run where gRPC is; else it hands
  // each call to another thread for them.
  bool InternalInlineable() override { return true; }

  absl::Status Prepare();
  absl::Status OnResult(const absl::Status& status);
  void Complete(const absl::Status& status);
  // To all but the client, who is told what is returned.
  grpc::Status Tell();

  const CallEnvironment environment_;
  const Method method_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const request_bytes_;
  grpc::ByteBuffer* const response_;
  Departure departure_;
  bool wants_times_ = false;  // the client asked where its time went
  absl::Status ended_;        // as far as is known before its reply is taken
  absl::Duration elapsed_;    // until then
  Work work_;
  ReplyWatch::Reply reply_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_UNARY_CALL_H_
