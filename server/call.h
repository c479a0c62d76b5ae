// One Forward or Gradient call from its bytes to its reply: the reactor that
// owns everything living as long as the call. gRPC deletes it through OnDone.
// In the way of a request: it is the way; see Run().
#ifndef ACTIVATION_SERVER_CALL_H_
#define ACTIVATION_SERVER_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/stopwatch.h"
#include "server/wire/codec.h"
#include "server/wire/message.h"
#include "server/wire/reply.h"
#include "server/wire/status.h"
#include "src/base/errors.h"
#include "src/engine/engine.h"

namespace activation {

// What the calls of a service share; outlives them.
struct CallEnvironment {
  Engine& engine;
  Metrics& metrics;
  // Set once no more calls are to be taken.
  const std::atomic<bool>& closed;
};

template <Direction kDirection>
class EvaluateCall final : public grpc::ServerUnaryReactor {
 public:
  EvaluateCall(CallEnvironment environment, grpc::CallbackServerContext* context,
               grpc::ByteBuffer* request_bytes, grpc::ByteBuffer* response)
      : environment_(environment),
        context_(context),
        request_bytes_(request_bytes),
        response_(response) {
    environment_.metrics.CallStarted(kMethod);
  }

  // Ends with Finish(), perhaps on another thread.
  void Run() {
    absl::Status status = Prepare();
    if (!status.ok()) return Complete(status);
    Job job;
    job.evaluations = std::move(batch_.evaluations);
    job.deadline = Deadline();
    job.cancelled = &cancelled_;
    job.done = [this](absl::Status result) { OnResult(std::move(result)); };
    watch_.Lap();
    environment_.engine.Submit(std::move(job));
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

  // OnDone() and OnCancel() take no time, so they may run where gRPC is; else it hands each
  // call to another thread for them.
  bool InternalInlineable() override { return true; }

  // Everything before the work. What is cheap to refuse is refused first.
  absl::Status Prepare() {
    if (context_->IsCancelled()) return CallCancelled();
    const int64_t most = environment_.engine.limits().max_message_bytes;
    const size_t size = request_bytes_->Length();
    if (size > static_cast<size_t>(most)) return MessageTooLarge(size, most);
    absl::Status status = Admit();
    if (!status.ok()) return status;
    absl::StatusOr<grpc::Slice> request = wire::Flatten(request_bytes_);
    if (!request.ok()) return request.status();
    request_ = *std::move(request);
    absl::StatusOr<wire::Batch> batch =
        wire::Decode(kDirection, wire::View(request_), environment_.engine.limits());
    if (!batch.ok()) return batch.status();
    batch_ = *std::move(batch);
    environment_.metrics.StageDone(Stage::kDecode, watch_.Lap());
    status = AdmitBeyondRequest(most);
    if (!status.ok()) return status;
    reply_.emplace(&batch_);
    elements_ = environment_.metrics.ElementsOf(batch_.evaluations);
    environment_.metrics.StageDone(Stage::kEncode, watch_.Lap());
    return absl::OkStatus();
  }

  // Room for the request and for a reply as large, but for some bytes an item; taken
  // before anything is copied.
  absl::Status Admit() {
    if (environment_.closed) {
      environment_.metrics.Rejected(Draining());
      return Draining();
    }
    return Take(2 * request_bytes_->Length(), &ticket_);
  }

  // The same for what a reply is larger than its request by.
  absl::Status AdmitBeyondRequest(int64_t most) {
    const size_t beyond = wire::ReplyBeyondRequest(batch_);
    if (beyond == 0) return absl::OkStatus();
    const size_t reply = wire::View(request_).size() + beyond;
    if (reply > static_cast<size_t>(most)) return MessageTooLarge(reply, most);
    return Take(beyond, &ticket_beyond_request_);
  }

  absl::Status Take(size_t bytes, AdmissionTicket* ticket) {
    absl::StatusOr<AdmissionTicket> taken = environment_.engine.Admit(bytes);
    if (!taken.ok()) {
      environment_.metrics.Rejected(taken.status());
      return taken.status();
    }
    *ticket = *std::move(taken);
    return absl::OkStatus();
  }

  absl::Time Deadline() const {
    const auto deadline = context_->deadline();
    if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
    return absl::FromChrono(deadline);
  }

  void OnResult(absl::Status status) {
    environment_.metrics.StageDone(Stage::kKernel, watch_.Lap());
    if (status.ok()) {
      *response_ = reply_->Finish();
      environment_.metrics.CountElements(elements_);
    }
    Complete(status);
  }

  // Nothing may be touched after Finish(): gRPC may be done with the call at once.
  void Complete(const absl::Status& status) {
    environment_.metrics.CallHandled(kMethod, status.code(), watch_.Total());
    if (status.ok()) return Finish(grpc::Status::OK);
    LogFailedCall(kMethod, status, *context_);
    wire::AddPushback(status, context_);
    Finish(wire::ToGrpc(status));
  }

  const CallEnvironment environment_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const request_bytes_;
  grpc::ByteBuffer* const response_;
  Stopwatch watch_;
  std::atomic<bool> cancelled_{false};
  grpc::Slice request_;  // batch_ points into it
  wire::Batch batch_;
  std::optional<wire::Reply> reply_;
  ElementCounts elements_;
  AdmissionTicket ticket_;
  AdmissionTicket ticket_beyond_request_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_CALL_H_
