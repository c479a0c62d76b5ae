// One Forward or Gradient call from its bytes to its reply: the reactor that
// owns everything living as long as the call. gRPC deletes it through OnDone.
// In the way of a request: it is the way; see Run().
#ifndef ACTIVATION_SERVER_CALL_H_
#define ACTIVATION_SERVER_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>

#include "absl/status/status.h"
#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/wire/codec.h"
#include "server/wire/status.h"
#include "server/work.h"
#include "src/base/errors.h"

namespace activation {

template <Direction kDirection>
class EvaluateCall final : public grpc::ServerUnaryReactor {
 public:
  EvaluateCall(CallEnvironment environment, grpc::CallbackServerContext* context,
               grpc::ByteBuffer* request_bytes, grpc::ByteBuffer* response)
      : environment_(environment),
        context_(context),
        request_bytes_(request_bytes),
        response_(response),
        work_(environment) {
    environment_.metrics.CallStarted(kMethod);
  }

  // Ends with Finish(), perhaps on another thread.
  void Run() {
    absl::Status status = Prepare();
    if (!status.ok()) return Complete(status);
    work_.Submit(DeadlineOf(*context_), &cancelled_,
                 [this](const absl::Status& result) { OnResult(result); });
  }

  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }

  void OnDone() override {
    Metrics& metrics = environment_.metrics;
    delete this;
    metrics.CallReleased();
  }

 private:
  static constexpr Method kMethod =
      kDirection == Direction::kForward ? Method::kForward : Method::kGradient;

  ~EvaluateCall() override = default;

  // Everything before the work.
  absl::Status Prepare() {
    if (context_->IsCancelled()) return CallCancelled();
    absl::Status status = work_.Admit(request_bytes_->Length());
    if (status.ok()) status = work_.Take(request_bytes_);
    if (!status.ok()) return status;
    return work_.Lay(wire::Decode(kDirection, work_.request(), environment_.engine.limits()));
  }

  void OnResult(const absl::Status& status) {
    if (status.ok()) *response_ = work_.Reply();
    Complete(status);
  }

  // Nothing may be touched after Finish(): gRPC may be done with the call at once.
  void Complete(const absl::Status& status) {
    environment_.metrics.CallHandled(kMethod, status.code(), work_.Elapsed());
    if (status.ok()) return Finish(grpc::Status::OK);
    LogFailedCall(kMethod, status, *context_);
    wire::AddPushback(status, context_);
    Finish(wire::ToGrpc(status));
  }

  const CallEnvironment environment_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const request_bytes_;
  grpc::ByteBuffer* const response_;
  std::atomic<bool> cancelled_{false};
  Work work_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_CALL_H_
