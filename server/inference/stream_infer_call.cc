#include "server/inference/stream_infer_call.h"

#include <string>
#include <utility>

#include "server/failed_call.h"
#include "server/wire/message.h"
#include "server/wire/status.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation::inference {
namespace {

constexpr Method kMethod = Method::kModelStreamInfer;

grpc::ByteBuffer ErrorReply(absl::string_view id, const absl::Status& status) {
  ::inference::ModelStreamInferResponse response;
  response.set_error_message(std::string(status.message()));
  response.mutable_infer_response()->set_id(std::string(id));
  return wire::Serialize(response);
}

}  // namespace

StreamInferCall::StreamInferCall(const InferEnvironment& environment,
                                 grpc::CallbackServerContext* context)
    : environment_(environment), context_(context), watched_(environment.calls.replies) {
  environment_.calls.metrics.CallStarted(kMethod);
}

void StreamInferCall::Start() {
  environment_.calls.streams.Add(this);
  // A drain that has begun has either seen this stream or is seen here.
  if (environment_.calls.closed) {
    environment_.calls.metrics.Rejected(Draining());
    return End(Draining());
  }
  Next();
}

void StreamInferCall::Next() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    reading_ = !draining_;
    // With the lock, since a drain that saw the read before it has begun could end the call
    // under it. That the read is done is told from another place than here.
    if (reading_) return StartRead(&request_);
  }
  End(Draining());
}

void StreamInferCall::Drain() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Else the reply that is under way goes first.
    if (std::exchange(draining_, true) || !reading_) return;
  }
  End(Draining());
}

void StreamInferCall::OnReadDone(bool ok) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // The drain has ended the call; what arrived since is the client's to send again.
    if (draining_ && reading_) return;
    reading_ = false;
  }
  if (!ok) return End(absl::OkStatus());
  environment_.calls.metrics.ItemReceived(kMethod);
  item_.emplace(environment_);
  const absl::Status status =
      OrOutOfMemory([this] { return Prepare(); },
                    [this] { return environment_.calls.metrics.Counted(OutOfMemory()); });
  if (!status.ok()) return Answer(status);
  item_->work.Submit(DeadlineOf(*context_), &departure_.noted(),
                     [this](const absl::Status& result) { Answer(result); });
}

absl::Status StreamInferCall::Prepare() {
  absl::Status status = item_->work.Admit(request_.Length(), DeadlineOf(*context_));
  return item_->work.OrOutOfMemory([this, &status] {
    if (!status.ok()) {
      const wire::ReceivedBytes bytes(&request_);
      item_->task.TakeId(bytes.pieces());
      return status;
    }
    item_->work.Take(&request_);
    return item_->task.Lay(ReplyForm::kStream, &item_->work);
  });
}

// Nothing may be touched after StartWrite(): the next request may be at hand at once.
void StreamInferCall::Answer(const absl::Status& status) {
  const absl::Status laid =
      OrOutOfMemory([&] { return LayReply(status); },
                    [this] { return environment_.calls.metrics.Counted(OutOfMemoryAtWork()); });
  if (!laid.ok()) {
    GiveBack();
    return End(laid);
  }
  code_ = status.code();
  watched_.Given(context_->c_call());
  StartWrite(&reply_);
}

absl::Status StreamInferCall::LayReply(const absl::Status& status) {
  item_->task.Ended(item_->work, status);
  // A client that is told so can go on elsewhere. Before the end what a backend has not is one
  // item's.
  if (environment_.calls.closed && absl::IsUnavailable(status)) return status;
  if (status.ok()) {
    reply_ = item_->work.Reply();
    return absl::OkStatus();
  }
  const absl::Status said = InferTask::AsProtocolSays(status);
  LogFailedCall(kMethod, said, *context_);
  reply_ = ErrorReply(item_->task.id(), said);
  // However long the client takes to take it, it has no use for the request.
  GiveBack();
  return absl::OkStatus();
}

void StreamInferCall::GiveBack() {
  item_.reset();
  request_.Clear();
}

void StreamInferCall::OnWriteDone(bool ok) {
  watched_.Taken();
  if (ok) environment_.calls.metrics.ItemAnswered(kMethod, code_);
  GiveBack();
  reply_.Clear();
  if (!ok) return End(CallCancelled());
  Next();
}

// Nothing may be touched after Finish().
void StreamInferCall::End(const absl::Status& status) {
  ended_ = departure_.Or(status);
  elapsed_ = watch_.Total();
  grpc::Status told =
      wire::OrCodeAlone(ended_, [this] { return EndOf(InfoOf(kMethod).name, ended_, context_); });
  watched_.Given(context_->c_call());
  environment_.calls.streams.Ended();
  Finish(std::move(told));
}

void StreamInferCall::OnDone() {
  environment_.calls.streams.Remove(this);
  Metrics& metrics = environment_.calls.metrics;
  metrics.CallHandled(kMethod, departure_.Or(ended_).code(), elapsed_);
  delete this;
  metrics.CallReleased();
}

}  // namespace activation::inference
